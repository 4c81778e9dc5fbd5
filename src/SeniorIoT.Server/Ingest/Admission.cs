using MQTTnet.Protocol;
using MQTTnet.Server;
using SeniorIoT.Server.Devices;

namespace SeniorIoT.Server.Ingest;

/// <summary>
/// Who may connect: client id = user name = id of an enrolled device or gateway, with its own password or, on the TLS port, its own
/// certificate. Refusals are counted always and recorded seldom, so that somebody who guesses cannot push the records of others out of quarantine.
/// </summary>
internal sealed class Admission(
    DeviceDirectory directory, Publications publications, Journal journal, ConnectedDevices connected, IngestOptions options, IngestCounters counters,
    TimeProvider clock)
{
    private readonly RecordLimit _records = new(clock);

    /// <summary>Answers a CONNECT.</summary>
    public async Task ValidateAsync(ValidatingConnectionEventArgs connect)
    {
        if (journal.Failure is not null)
        {
            // It could not be acknowledged anything anyway.
            counters.RefusedConnection("unavailable");
            connect.ReasonCode = MqttConnectReasonCode.ServerUnavailable;
            return;
        }

        if (Judge(connect) is { } refusal)
        {
            await RefuseAsync(connect, refusal);
            return;
        }

        var channel = (MqttChannel)connect.ChannelAdapter;
        channel.Admit(channel.DeclaredId);
        connected.Add(channel.DeclaredId, channel);
        connect.SessionItems[MqttChannel.SessionItem] = channel;
        connect.ReasonCode = MqttConnectReasonCode.Success;
    }

    private Refused? Judge(ValidatingConnectionEventArgs connect)
    {
        var channel = (MqttChannel)connect.ChannelAdapter;
        var shown = options.ClientAuthorities is null ? null : channel.ShownCertificate;
        // A certificate that proves nothing counts as none where a password will do: many modules have one from their factory.
        if (shown is { Fault: not null } && !MustShow(channel) && connect.RawPassword is { Length: > 0 }) shown = null;
        if (shown is { Fault: { } fault }) return new(QuarantineReason.BadCertificate, "certificate", fault);
        if (shown is null && MustShow(channel))
            return new(QuarantineReason.BadCertificate, "certificate", "This port asks for a client certificate, and none was shown. Bring a device certificate of the district to the device.");

        var id = channel.DeclaredId;
        if (id.Length == 0 || (id != connect.UserName && !(shown is not null && string.IsNullOrEmpty(connect.UserName))))
            return new(QuarantineReason.BadCredentials, "clientId", "Client id and user name must both be the device id.");
        if (shown is { DeviceId: { } owner } && owner != id)
            return new(QuarantineReason.BadCertificate, "certificate", "The certificate is another device's. Connect with the device id that it names as its common name.");
        if (!directory.TryGet(id, out var entry))
            return new(QuarantineReason.NotEnrolled, "clientId", "No device with this id is enrolled. Enrol it first.");
        if (shown is null && !DeviceSecret.Matches(entry.SecretHash, connect.RawPassword ?? []))
            return new(QuarantineReason.BadCredentials, "password", "The password is not the one that was shown at enrolment.");
        return entry.IsRetired ? new(QuarantineReason.NotEnrolled, "clientId", "The device was retired.") : null;
    }

    private bool MustShow(MqttChannel channel) => options.IsClientCertificateRequired && options.ClientAuthorities is not null && channel.IsSecureConnection;

    private async Task RefuseAsync(ValidatingConnectionEventArgs connect, Refused refusal)
    {
        counters.RefusedConnection(refusal.Reason.Word());
        // The id is what a stranger typed: it is shown only when it looks like one.
        var declared = ((MqttChannel)connect.ChannelAdapter).DeclaredId;
        var id = DeviceProtocol.Topic.IsId(declared) ? declared : "?";
        if (_records.TryTake(id)) await publications.RefuseConnectionAsync(id, refusal.Reason, refusal.Field, refusal.Detail);
        connect.ReasonCode = refusal.Reason == QuarantineReason.BadCredentials
            ? MqttConnectReasonCode.BadUserNameOrPassword
            : MqttConnectReasonCode.NotAuthorized;
        connect.ReasonString = $"{refusal.Field}: {refusal.Detail}";
    }

    private sealed record Refused(QuarantineReason Reason, string Field, string Detail);
}
