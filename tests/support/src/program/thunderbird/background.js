// Does what job.json says: answers one mail of the inbox, follows a link, or writes a new one.
"use strict";

const pause = (milliseconds = 200) => new Promise(resolve => setTimeout(resolve, milliseconds));

async function found(id) {
    for (;;) {
        const { messages } = await messenger.messages.query({ headerMessageId: id });
        if (messages.length) {
            return messages[0];
        }
        await messenger.lab.fetch();
        await pause();
    }
}

async function tapped(link) {
    await messenger.lab.open(link);
    for (;;) {
        const [tab] = await messenger.tabs.query({ type: "messageCompose" });
        if (tab && (await messenger.lab.stands(tab.id))) {
            return tab;
        }
        await pause();
    }
}

// A mail that has only just come is not always ready; a window that failed to open sends nothing.
async function reply(id, details) {
    for (let tries = 1; ; tries++) {
        try {
            return await messenger.compose.beginReply(id, "replyToSender", details);
        } catch (problem) {
            await messenger.lab.say(`cannot answer yet: ${problem}`);
            if (tries == 10) {
                throw problem;
            }
            await pause(1000);
        }
    }
}

async function begin(job) {
    if (job.link) {
        return tapped(job.link);
    }
    if (!job.answers) {
        return messenger.compose.beginNew({ to: job.to, subject: job.subject, isPlainText: job.plain });
    }
    const mail = await found(job.answers);
    await messenger.lab.say("found the mail");
    const tab = await reply(mail.id, { isPlainText: job.plain });
    // The quote comes after the window.
    for (;;) {
        const { body, plainTextBody } = await messenger.compose.getComposeDetails(tab.id);
        if (job.plain ? plainTextBody.includes("\n>") : body.includes("<blockquote")) {
            return tab;
        }
        await pause();
    }
}

// The program locks a window that sends: one that can send although it was told to has not heard it, and one that is gone
// has sent.
async function send(id) {
    for (;;) {
        for (let tries = 1; !(await messenger.lab.canSend(id)); tries++) {
            if (tries % 50 == 0) {
                await messenger.lab.say(`cannot send yet: ${await messenger.lab.windows()}`);
            }
            await pause();
        }
        const sent = messenger.compose.sendMessage(id, { mode: "sendNow" }).then(() => true);
        for (;;) {
            if (await Promise.race([sent, pause(10000)])) {
                return;
            }
            const can = await messenger.lab.canSend(id);
            if (can === null) {
                return;
            }
            await messenger.lab.say(`has not sent yet: ${await messenger.lab.windows()}`);
            if (can) {
                break;
            }
        }
    }
}

async function work() {
    const job = await (await fetch("job.json")).json();
    await messenger.lab.prepare(job);
    await messenger.lab.say("began");
    const tab = await begin(job);
    await messenger.lab.say("writes");
    await messenger.lab.type(tab.id, job.text);
    for (const { name, type, base64 } of job.files) {
        const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
        await messenger.compose.addAttachment(tab.id, { file: new File([bytes], name, { type }) });
    }
    await send(tab.id);
    await messenger.lab.say("sent");
}

work().catch(problem => messenger.lab.say(`failed: ${problem}`));
