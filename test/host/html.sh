# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
#
# boundary.html says what boundary.yaml says, in a browser: no error, no request,
# lists that filter, a picture with every file, the keyboard, both colour schemes.
# Screenshots stay in $WORK/screenshots.
set -e
mkdir -p "$WORK/screenshots"
# Debian's python3, which has Debian's python3-yaml.
/usr/bin/python3 "$ROOT/test/host/html.py" "$WORK/cut" "$WORK/screenshots"
