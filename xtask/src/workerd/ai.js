// Workers AI for a workerd without Cloudflare: asks the server that `AI_URL` names, one call for each run.

export default ({ net, url }) => ({
  async run(model, input) {
    const answer = await net.fetch(`${url}/run/${model}`, { method: "POST", body: JSON.stringify(input) });
    if (!answer.ok) throw new Error(`InferenceUpstreamError: ${answer.status}`);
    return answer.json();
  },
});
