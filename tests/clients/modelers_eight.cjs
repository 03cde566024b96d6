// @camunda8/sdk as the Modeler has it: the same requests, from the same library, in the same version.
const assert = require('node:assert/strict');
const { Camunda8 } = require('@camunda8/sdk');

const [address, ...files] = process.argv.slice(2);
const authentication = process.env.OAUTH_URL
  ? {
      CAMUNDA_AUTH_STRATEGY: 'OAUTH',
      CAMUNDA_OAUTH_URL: process.env.OAUTH_URL,
      ZEEBE_CLIENT_ID: process.env.CLIENT_ID,
      ZEEBE_CLIENT_SECRET: process.env.CLIENT_SECRET,
      CAMUNDA_TOKEN_DISK_CACHE_DISABLE: true,
    }
  : { CAMUNDA_AUTH_STRATEGY: 'NONE' };
const client = new Camunda8({
  ZEEBE_REST_ADDRESS: address,
  CAMUNDA_SUPPORT_LOG_ENABLED: false,
  CAMUNDA_LOG_LEVEL: 'none',
  ...authentication,
}).getCamundaRestClient();

const first = (answer) => {
  assert.equal(answer.items.length, 1);
  return answer.items[0];
};

async function main() {
  assert.equal((await client.getTopology()).gatewayVersion, '8.9.0');
  const deployed = await client.deployResourcesFromFiles(files);
  assert.equal(deployed.processes[0].processDefinitionId, 'order');
  assert.equal(deployed.decisions[0].decisionDefinitionId, 'fee');
  assert.equal(deployed.forms[0].formId, 'question');

  const { processInstanceKey } = await client.createProcessInstance({
    processDefinitionId: 'order',
    variables: { orderId: 'o-1' },
  });
  const page = { page: { from: 0, limit: 10 }, sort: [{ field: 'creationDate', order: 'ASC' }] };
  const task = first(await client.searchUserTasks({ ...page, filter: { processInstanceKey, state: 'CREATED' } }));
  await client.assignUserTask({ userTaskKey: task.userTaskKey, assignee: 'olive' });
  assert.equal((await client.getUserTask(task.userTaskKey)).assignee, 'olive');
  await client.completeUserTask({ userTaskKey: task.userTaskKey, variables: { amount: 12 } });

  const found = await client.searchVariables({
    filter: { processInstanceKey, name: 'judged' }, page: { from: 0, limit: 10 }, sort: [{ field: 'name', order: 'ASC' }],
  });
  assert.equal(first(found).value, '"large"');
  const correlated = await client.correlateMessage({ name: 'paid', correlationKey: 'o-1', variables: {} });
  assert.equal(correlated.processInstanceKey, processInstanceKey);
  const decision = await client.evaluateDecision({ decisionDefinitionId: 'fee', variables: { amount: 3 } });
  assert.equal(decision.output, '"small"');

  const take = async () => {
    const jobs = await client.activateJobs({
      type: 'pack', timeout: 60000, maxJobsToActivate: 3, worker: 'judge', requestTimeout: 5000,
    });
    assert.equal(jobs.length, 1);
    return jobs[0];
  };
  let job = await take();
  assert.equal(job.customHeaders.box, 'small');
  await job.fail({ errorMessage: 'no box', retries: 0 });
  const incident = first(
    await client.searchIncidents({
      filter: { processInstanceKey }, page: { from: 0, limit: 10 }, sort: [{ field: 'creationTime', order: 'ASC' }],
    }),
  );
  assert.equal(incident.errorType, 'JOB_NO_RETRIES');
  await client.resolveIncident(incident.incidentKey);
  job = await take();
  await job.complete({ boxes: 2 });

  const instance = first(
    await client.searchProcessInstances({
      filter: { processInstanceKey }, page: { from: 0, limit: 10 }, sort: [{ field: 'startDate', order: 'ASC' }],
    }),
  );
  assert.equal(instance.state, 'COMPLETED');
  const other = await client.createProcessInstance({ processDefinitionId: 'order', variables: { orderId: 'o-3' } });
  await client.updateElementInstanceVariables({ elementInstanceKey: other.processInstanceKey, variables: { a: 1 } });
  await client.cancelProcessInstance({ processInstanceKey: other.processInstanceKey });
  await client.publishMessage({ name: 'paid', correlationKey: 'x', timeToLive: 10, variables: {} });
  await client.broadcastSignal({ signalName: 'go', variables: {} });
  assert.ok((await client.getProcessDefinitionXML(instance.processDefinitionKey)).includes('<bpmn:process'));

  const text = Buffer.from('容错纠错', 'utf8');
  const kept = await client.uploadDocument({ file: text, metadata: { fileName: '说明.txt', contentType: 'text/plain' } });
  assert.equal(kept.metadata.fileName, '说明.txt');
  assert.equal(kept['camunda.document.type'], 'camunda');
  const { documentId, contentHash } = kept;
  assert.ok((await client.downloadDocument({ documentId, contentHash })).equals(text));
  await client.deleteDocument({ documentId });
  await assert.rejects(client.downloadDocument({ documentId, contentHash }));
  console.log('done');
  process.exit(0);
}

main().catch((error) => {
  console.error(error, error?.response?.body);
  process.exit(1);
});
