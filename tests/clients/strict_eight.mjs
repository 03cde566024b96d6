// @camunda8/orchestration-cluster-api: checks every answer against its own schemas and fails on ours if one is broken.
import assert from 'node:assert/strict';
import { createCamundaClient } from '@camunda8/orchestration-cluster-api';

const [address, ...files] = process.argv.slice(2);
const now = { consistency: { waitUpToMs: 0 } };
const client = createCamundaClient({
  config: {
    CAMUNDA_REST_ADDRESS: address,
    CAMUNDA_SDK_VALIDATION: 'req:none,res:strict',
    CAMUNDA_SDK_LOG_LEVEL: 'silent',
    ...(process.env.OAUTH_URL && {
      CAMUNDA_AUTH_STRATEGY: 'OAUTH',
      CAMUNDA_OAUTH_URL: process.env.OAUTH_URL,
      CAMUNDA_CLIENT_ID: process.env.CLIENT_ID,
      CAMUNDA_CLIENT_SECRET: process.env.CLIENT_SECRET,
      CAMUNDA_TOKEN_AUDIENCE: 'rongcuo',
    }),
  },
});
const first = (answer) => {
  assert.equal(answer.items.length, 1);
  return answer.items[0];
};

assert.equal((await client.getTopology()).gatewayVersion, '8.9.0');
const deployed = await client.deployResourcesFromFiles(files);
assert.equal(deployed.processes[0].processDefinitionId, 'order');
assert.equal(deployed.decisions[0].decisionDefinitionId, 'fee');
assert.equal(deployed.forms[0].formId, 'question');

const started = await client.createProcessInstance({
  processDefinitionId: 'order',
  variables: { orderId: 'o-1' },
  tags: ['express'],
});
const processInstanceKey = started.processInstanceKey;

const task = first(await client.searchUserTasks({ filter: { processInstanceKey, state: 'CREATED' } }, now));
assert.equal(task.elementId, 'ask');
const { userTaskKey } = task;
await client.assignUserTask({ userTaskKey, assignee: 'olive' });
await client.updateUserTask({ userTaskKey, changeset: { priority: 80 } });
assert.equal((await client.getUserTask({ userTaskKey }, now)).priority, 80);
assert.equal((await client.getUserTaskForm({ userTaskKey }, now)).formId, 'question');
assert.ok((await client.searchUserTaskVariables({ userTaskKey }, now)).items.some((item) => item.name === 'orderId'));
await client.unassignUserTask({ userTaskKey });
await client.completeUserTask({ userTaskKey, variables: { amount: 12 } });

assert.equal(first(await client.searchVariables({ filter: { processInstanceKey, name: 'judged' } }, now)).value, '"large"');
assert.equal(first(await client.searchMessageSubscriptions({ filter: { processInstanceKey } }, now)).messageName, 'paid');
assert.equal((await client.correlateMessage({ name: 'paid', correlationKey: 'o-1' })).processInstanceKey, processInstanceKey);
await client.publishMessage({ name: 'paid', correlationKey: 'o-2', timeToLive: 1000 });
await client.broadcastSignal({ signalName: 'go' });

const decision = await client.evaluateDecision({ decisionDefinitionId: 'fee', variables: { amount: 3 } });
assert.equal(decision.output, '"small"');

const take = async () => {
  const { jobs } = await client.activateJobs({
    type: 'pack', timeout: 60000, maxJobsToActivate: 3, worker: 'judge', requestTimeout: 5000,
  });
  assert.equal(jobs.length, 1);
  return jobs[0];
};
let job = await take();
assert.equal(job.customHeaders.box, 'small');
assert.equal(first(await client.searchJobs({ filter: { processInstanceKey } }, now)).state, 'CREATED');
await client.updateJob({ jobKey: job.jobKey, changeset: { retries: 2 } });
await client.failJob({ jobKey: job.jobKey, retries: 0, errorMessage: 'no box', retryBackOff: 0 });
assert.equal((await client.getProcessInstance({ processInstanceKey }, now)).hasIncident, true);
const incident = first(await client.searchProcessInstanceIncidents({ processInstanceKey }, now));
assert.equal(incident.errorType, 'JOB_NO_RETRIES');
assert.equal(first(await client.searchIncidents({ filter: { processInstanceKey } }, now)).incidentKey, incident.incidentKey);
await client.resolveIncident({ incidentKey: incident.incidentKey });
job = await take();
await client.completeJob({ jobKey: job.jobKey, variables: { boxes: 2 } });
const packed = first(await client.searchJobs({ filter: { processInstanceKey, state: 'COMPLETED' } }, now));
assert.equal(packed.jobKey, job.jobKey);
assert.ok(packed.endTime);
await assert.rejects(client.completeJob({ jobKey: job.jobKey }), { status: 404 });

assert.equal((await client.getProcessInstance({ processInstanceKey }, now)).state, 'COMPLETED');
assert.equal(first(await client.searchProcessInstances({ filter: { processInstanceKey } }, now)).state, 'COMPLETED');
assert.ok((await client.searchElementInstances({ filter: { processInstanceKey } }, now)).items.length > 4);
assert.ok((await client.getProcessInstanceStatistics({ processInstanceKey }, now)).items.length > 4);
assert.ok((await client.getProcessInstanceSequenceFlows({ processInstanceKey }, now)).items.length > 3);

const definition = first(await client.searchProcessDefinitions({ filter: { processDefinitionId: 'order' } }, now));
const { processDefinitionKey } = definition;
assert.equal((await client.getProcessDefinition({ processDefinitionKey }, now)).version, 1);
assert.ok((await client.getProcessDefinitionXml({ processDefinitionKey }, now)).includes('<bpmn:process'));
assert.equal(first(await client.searchDecisionDefinitions({}, now)).name, 'fee');
assert.equal((await client.searchDecisionRequirements({}, now)).items.length, 1);
assert.equal((await client.evaluateExpression({ expression: '=1 + 1' })).result, 2);
assert.equal((await client.getAuthentication()).username, 'olive');
assert.equal((await client.getLicense()).isCommercial, false);

const text = (name) => new File([`Inhalt von ${name}`], name, { type: 'text/plain' });
const paper = await client.createDocument({
  file: text('说明.txt'),
  metadata: { fileName: '情况说明.txt', customProperties: { kind: 'note' } },
});
assert.equal(paper.metadata.fileName, '情况说明.txt');
assert.equal(paper.metadata.contentType, 'text/plain');
assert.equal(paper.metadata.customProperties.kind, 'note');
assert.match(paper.contentHash, /^[0-9a-f]{64}$/);
const batch = await client.createDocuments({
  files: [text('one.txt'), text('two.exe')],
  metadataList: [{ fileName: '一.txt' }, { fileName: '二.exe' }],
});
assert.equal(batch.createdDocuments[0].metadata.fileName, '一.txt');
assert.equal(batch.failedDocuments[0].fileName, '二.exe');
assert.equal(batch.failedDocuments[0].status, 415);
const { documentId, contentHash } = paper;
assert.equal(await client.getDocument({ documentId, contentHash }), 'Inhalt von 说明.txt');
await assert.rejects(client.getDocument({ documentId, contentHash: 'other' }));
const shared = await client.createDocumentLink({ documentId, timeToLive: 60000 });
const got = await fetch(shared.url);
assert.equal(await got.text(), 'Inhalt von 说明.txt');
const holder = await client.createProcessInstance({
  processDefinitionId: 'order',
  variables: { orderId: 'o-4', papers: [batch.createdDocuments[0]] },
});
assert.ok(holder.processInstanceKey);
await client.deleteDocument({ documentId });
await assert.rejects(client.getDocument({ documentId }));
assert.equal((await fetch(shared.url)).status, 404);

const other = await client.createProcessInstance({ processDefinitionId: 'order', variables: { orderId: 'o-3' } });
await client.cancelProcessInstance({ processInstanceKey: other.processInstanceKey });
assert.equal(
  (await client.getProcessInstance({ processInstanceKey: other.processInstanceKey }, now)).state, 'TERMINATED');
console.log('done');
process.exit(0);
