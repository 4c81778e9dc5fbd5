// Twilio's own helper library against our side of the line. Arguments: address of the contract server, address of our webhooks,
// account, token, a notice's id. Prints one JSON object; the test reads it.
import twilio from 'twilio';

const [provider, webhooks, account, token, notice] = process.argv.slice(2);

// The library's client, with the host exchanged and nothing else.
class Local extends twilio.RequestClient {
  request(options) {
    return super.request({ ...options, uri: options.uri.replace('https://api.twilio.com', provider) });
  }
}

const client = twilio(account, token, { httpClient: new Local() });
const attempt = async (work) => {
  try {
    return (await work()).sid;
  } catch (error) {
    return { status: error.status, code: error.code };
  }
};
const text = { to: '+8613800000001', from: '+14155550100', body: '【江苏路街道】A0001', validityPeriod: 300, statusCallback: 'https://care.example/receipt' };

// The vectors that Twilio publishes.
const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
const call = (from) => ({ CallSid: 'CA1234567890ABCDE', Caller: from, Digits: '1234', From: from, To: '+18005551212' });
const judge = (signature, from) => twilio.validateRequest('12345', signature, url, call(from));

// What Twilio would send us, signed by its own code.
const post = async (path, fields, signer = token) => {
  const target = `${webhooks}/api/v1/sms/twilio/${path}`;
  const answer = await fetch(target, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(signer, target, fields) },
  });
  return { status: answer.status, body: answer.status === 200 ? await answer.text() : '' };
};

const sent = await attempt(() => client.messages.create(text));
console.log(JSON.stringify({
  vectors: [judge('0/KCTR6DLpKmkAf8muzZqo1nDgQ=', '+12349013030'), judge('RSOYDt4T1cUTdK1PDd93/VVr8B8=', '+14158675309'), judge('RSOYDt4T1cUTdK1PDd93/VVr8B8=', '+12349013030')],
  sent,
  noNumber: await attempt(() => client.messages.create({ ...text, to: '13800000001' })),
  tooLong: await attempt(() => client.messages.create({ ...text, body: 'x'.repeat(1601) })),
  tooLate: await attempt(() => client.messages.create({ ...text, validityPeriod: 36001 })),
  notAllowed: await attempt(() => client.messages.create({ ...text, mediaUrl: ['https://example.org/a.png'] })),
  noPassword: await attempt(() => twilio(account, 'wrong', { httpClient: new Local() }).messages.create(text)),
  listed: (await client.messages.list({ to: text.to, limit: 5 })).map((message) => message.sid),
  receipt: await post(`receipt?notice=${notice}`, { MessageSid: 'SM' + '9'.repeat(32), MessageStatus: 'delivered', To: text.to, From: text.from }),
  forged: await post(`receipt?notice=${notice}`, { MessageSid: 'SM' + '9'.repeat(32), MessageStatus: 'failed' }, 'another token'),
  inbound: await post('inbound', { MessageSid: 'SM' + '8'.repeat(32), From: text.to, To: text.from, Body: 'A0001 1' }),
}));
