# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
#
# boundary.html says what boundary.yaml says, in a browser: no error, no request,
# lists that filter, a picture with every file, the keyboard, both colour schemes.
# Screenshots stay in $WORK/screenshots.
set -e
"$ROOT/test/lib/deps" chromium python3-yaml
mkdir -p "$WORK/screenshots"
python3 "$ROOT/test/host/html.py" "$WORK/cut" "$WORK/screenshots"
