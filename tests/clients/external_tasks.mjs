// camunda-external-task-client-js: takes a task, fails it once, completes it, and ends another by a BPMN error.
import assert from 'node:assert/strict';
import { BasicAuthInterceptor, Client, Variables } from 'camunda-external-task-client-js';

const [address] = process.argv.slice(2);
const client = new Client({
  baseUrl: `${address}/engine-rest`,
  workerId: 'js',
  asyncResponseTimeout: 5000,
  maxTasks: 1,
  interval: 50,
  interceptors: process.env.USER_NAME && new BasicAuthInterceptor({
    username: process.env.USER_NAME, password: process.env.PASSWORD,
  }),
});
client.on('poll:error', (error) => { throw error; });

const seen = [];
client.subscribe('charge', { lockDuration: 20000 }, async ({ task, taskService }) => {
  seen.push([task.businessKey, task.variables.get('amount'), task.retries]);
  assert.equal(task.activityId, 'charge');
  assert.deepEqual(task.variables.get('lines'), [{ price: 2.5 }]);
  if (task.businessKey === 'refused') {
    await taskService.handleBpmnError(task, 'REFUSED', 'no credit', new Variables().set('why', 'no credit'));
  } else if (task.retries === undefined || task.retries === null) {
    await taskService.handleFailure(task, { errorMessage: 'away', retries: 1, retryTimeout: 0 });
  } else {
    await taskService.extendLock(task, 30000);
    await taskService.complete(task, new Variables().set('charged', 12).set('at', { day: '2026-01-01' }));
  }
  if (seen.length === 3) {
    console.log('done');
    process.exit(0);
  }
});
