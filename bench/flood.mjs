/**
 * A thread that sends many requests at once and drops what it gets: hundreds of downloads would keep the thread that measures busy for
 * seconds. `service-floods.ts` starts it.
 */
import http from 'node:http';
import { parentPort } from 'node:worker_threads';

const agent = new http.Agent({ keepAlive: true, maxSockets: 1000 });

function one({ url, headers }, count) {
  return new Promise((resolve) => {
    const sent = http.get(url, { agent, headers }, (response) => {
      count(response.statusCode);
      response.resume();
      response.once('close', resolve);
    });
    sent.once('error', resolve);
  });
}

parentPort.on('message', async ({ id, requests }) => {
  const statuses = {};
  const count = (status) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  await Promise.all(requests.map((request) => one(request, count)));
  parentPort.postMessage({ id, statuses });
});
