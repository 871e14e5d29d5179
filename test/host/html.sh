# SPDX-License-Identifier: GPL-2.0-only
# NEEDS: cut
#
# boundary.html in a browser shows what boundary.yaml says. It has no error and makes
# no request, its lists can be filtered, its picture has every file, the keyboard
# works, and so do both colour schemes. Screenshots are in $WORK/screenshots.
set -e
mkdir -p "$WORK/screenshots"
# Debian's python3, which has Debian's python3-yaml.
/usr/bin/python3 "$ROOT/test/host/html.py" "$WORK/cut" "$WORK/screenshots"
