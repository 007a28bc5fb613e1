using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Keys;

/// <summary><c>modctl key rotate</c>.</summary>
internal static class KeyRotateCommand
{
    private static readonly TimeSpan StandardOverlap = TimeSpan.FromDays(7);

    public static Command Create(Terminal terminal)
    {
        var (tenant, keyId) = KeyCommand.Arguments();
        var lifetime = KeyCommand.Lifetime();
        var overlap = new Option<TimeSpan?>("--old-secret-for")
        {
            Description = "How long the present secret stays good: 0s (it has leaked) to 30d (7d)",
            HelpName = "TIME",
            CustomParser = Durations.Between(TimeSpan.Zero, TimeSpan.FromDays(30)),
        };
        var requestId = new Option<string>("--request-id") { Description = "The same again replaces a new secret whose answer was lost", HelpName = "ID" };
        var command = new Command("rotate", "Gives an API key a second secret, which is shown once; the present one ends later.")
        {
            tenant, keyId, overlap, lifetime, requestId,
        };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var now = terminal.Time.GetUtcNow();
            var request = new RotateApiKeyRequest
            {
                TenantId = parsed.GetRequiredValue(tenant),
                KeyId = parsed.GetRequiredValue(keyId),
                OldSecretEndTime = Timestamp.FromDateTimeOffset(now + (parsed.GetValue(overlap) ?? StandardOverlap)),
                ExpireTime = parsed.GetValue(lifetime) is { } span ? Timestamp.FromDateTimeOffset(now + span) : null,
                RequestId = parsed.GetValue(requestId) ?? "",
            };
            var answer = await new EnforcementService.EnforcementServiceClient(connection.Invoker).RotateApiKeyAsync(
                request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            return KeyCommand.Show(terminal, answer.ApiKey);
        });
        return command;
    }
}
