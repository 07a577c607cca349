"""headersTimeout and requestTimeout: a head or a body that does not come gets 408; a slow handler does not."""

from prelude import dial, listen, log, raw, run, sleep

import httpkit as http


async def main():
    impatient = http.createServer({"headersTimeout": 50, "connectionsCheckingInterval": 20})
    log("impatient", impatient.headersTimeout, impatient.requestTimeout, impatient.timeout)
    port = await listen(impatient)
    log("impatient", await raw(port, ""))
    log("impatient", await raw(port, "GET / HTTP/1.1\r\nHost:"))
    impatient.on("clientError", lambda err, socket: [log("impatient", err), socket.destroy()])
    log("impatient", await raw(port, "GET / HTTP/1.1\r\nHost:"))

    async def listener(req, res):
        log(req.url, "request")
        req.on("aborted", lambda: log(req.url, "aborted"))
        if req.url == "/body":
            return
        await sleep(700)
        res.end("done")

    patient = http.createServer({"requestTimeout": 500, "connectionsCheckingInterval": 20}, listener)
    log("patient", patient.headersTimeout, patient.requestTimeout)
    patient_port = await listen(patient)
    body = await dial(patient_port)
    body.send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npart")
    slow = await dial(patient_port)
    slow.send("GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    log("/body", await body.rest())
    log("/slow", await slow.rest())


run(main)
