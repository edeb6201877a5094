// What an extension may not do by itself: trust the test's root, know a password, ask for new mail at once, and type.
"use strict";

var { setTimeout } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");
var { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");

var lab = class extends ExtensionCommon.ExtensionAPI {
    getAPI(context) {
        return {
            lab: {
                async prepare(job) {
                    const certificates = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
                    certificates.addCertFromBase64(job.root, "C,,");
                    for (const scheme of ["imap", "smtp"]) {
                        const place = `${scheme}://${job.host}`;
                        const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
                        login.init(place, null, place, job.user, job.password, "", "");
                        await Services.logins.addLoginAsync(login);
                    }
                    // A mail that is begun before the main window stands never becomes ready.
                    const stands = () =>
                        Services.wm.getMostRecentWindow("mail:3pane")?.document.getElementById("tabmail")?.currentTabInfo;
                    while (!stands()) {
                        await new Promise(resolve => setTimeout(resolve, 100));
                    }
                },

                async fetch() {
                    const server = MailServices.accounts.allServers.find(s => s.type == "imap");
                    const inbox = server.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
                    if (inbox) {
                        // One look at a time: on a busy machine they would pile up.
                        await new Promise(resolve => {
                            const listener = {
                                QueryInterface: ChromeUtils.generateQI(["nsIUrlListener"]),
                                OnStartRunningUrl() {},
                                OnStopRunningUrl: () => resolve(),
                            };
                            inbox.getNewMessages(null, listener);
                            setTimeout(resolve, 10000);
                        });
                    } else {
                        server.performExpand(null);
                    }
                },

                // As the system hands over a link that was tapped.
                async open(link) {
                    MailServices.compose.OpenComposeWindowWithURI(null, Services.io.newURI(link));
                },

                // What is open, for whoever asks why nothing goes on: a question that nobody answers is a window.
                async windows() {
                    const title = w => `${w.location.href.split("/").pop()} "${w.document.title}"`;
                    return Array.from(Services.wm.getEnumerator(null), title).join(", ");
                },

                // `compose.getComposeState` of Thunderbird 153 returns an empty object. None: the window is gone.
                async canSend(tab) {
                    try {
                        const { nativeTab } = context.extension.tabManager.get(tab);
                        return nativeTab.closed ? null : nativeTab.defaultController.isCommandEnabled("cmd_sendNow");
                    } catch {
                        return null;
                    }
                },

                async stands(tab) {
                    return !!context.extension.tabManager.get(tab).nativeTab.composeEditorReady;
                },

                // As from the keyboard, where the program has put the caret.
                async type(tab, text) {
                    const editor = context.extension.tabManager.get(tab).nativeTab.GetCurrentEditor();
                    text.split("\n").forEach((line, n) => {
                        if (n > 0) {
                            editor.insertLineBreak();
                        }
                        if (line) {
                            editor.insertText(line);
                        }
                    });
                },

                async say(text) {
                    dump(`lab: ${text}\n`);
                },
            },
        };
    }
};
