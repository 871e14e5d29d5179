# SPDX-License-Identifier: GPL-2.0-only
"""
chromium - a page in headless Chromium, driven through the DevTools protocol on
a pair of pipes: JSON messages that end in NUL, as --remote-debugging-pipe has it.
"""
import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe"]


class Page:
    """
    One page. @complaints has console errors and warnings, exceptions, and
    violations of the page's security policy. @requests has the URLs that were
    requested, including those of open(). Both grow until the end.
    """

    def __init__(self, timeout=120, width=1400, height=900):
        self.timeout, self.serial, self.buffer = timeout, 0, b""
        self.complaints, self.requests, self.loaded, self.answers = [], [], False, {}
        self.profile = tempfile.mkdtemp(prefix="chromium.")
        to_read, self.to = os.pipe()
        self.from_, from_write = os.pipe()

        def fds():
            # first away from 3 and 4, which may be among them
            a, b = os.dup(to_read), os.dup(from_write)
            a, b = os.dup2(a, 100), os.dup2(b, 101)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            ["chromium", *FLAGS, "--user-data-dir=" + self.profile, "about:blank"],
            preexec_fn=fds, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=dict(os.environ, HOME=self.profile))
        os.close(to_read)
        os.close(from_write)
        self.session = None
        target = next(t for t in self.call("Target.getTargets")["targetInfos"]
                      if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"],
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.size(width, height)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.to)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.from_)
        shutil.rmtree(self.profile, ignore_errors=True)

    # --- the protocol

    def call(self, method, **params):
        self.serial += 1
        message = {"id": self.serial, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        serial = self.serial
        self.wait(lambda: serial in self.answers, method)
        answer = self.answers.pop(serial)
        if "error" in answer:
            raise RuntimeError("%s: %s" % (method, answer["error"]["message"]))
        return answer["result"]

    def wait(self, done, what):
        end = time.monotonic() + self.timeout
        while not done():
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.from_], [], [], left)[0]:
                raise TimeoutError("chromium: no answer to " + what)
            data = os.read(self.from_, 1 << 20)
            if not data:
                raise RuntimeError("chromium ended, exit status %s" % self.process.wait())
            *messages, self.buffer = (self.buffer + data).split(b"\0")
            for message in messages:
                self.receive(json.loads(message))

    def receive(self, message):
        params = message.get("params", {})
        method = message.get("method")
        if "id" in message:
            self.answers[message["id"]] = message
        elif method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description",
                                                                   details["text"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning",
                                                                        "assert"):
            self.complaints.append("console: %s" % params["args"])
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(params["entry"]["text"])

    # --- what tests use

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)

    def scheme(self, name):
        """As if the user preferred "light" or "dark"."""
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": name}])

    def open(self, path, fragment=""):
        """Open the file @path; done when it has loaded."""
        # through another page: a new fragment alone would not load anything
        for url in "about:blank", "file://" + os.path.realpath(path) + fragment:
            self.loaded = False
            self.call("Page.navigate", url=url)
            self.wait(lambda: self.loaded, url)

    def run(self, script):
        """The value of a JavaScript expression; promises are waited for."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError("%s: %s" % (script, result["exceptionDetails"]))
        return result["result"].get("value")

    def key(self, key, code, text=""):
        """Press and release, as the keyboard would."""
        common = {"key": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def move(self, x, y):
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def screenshot(self, path):
        """PNG of the window."""
        shot = self.call("Page.captureScreenshot", format="png")
        with open(path, "wb") as f:
            f.write(base64.b64decode(shot["data"]))
