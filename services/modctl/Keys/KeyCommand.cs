using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Keys;

/// <summary><c>modctl key</c>: API keys of tenants.</summary>
internal static class KeyCommand
{
    public static Command Create(Terminal terminal) => new("key", "Makes, exchanges, lists and revokes API keys of tenants.")
    {
        KeyCreateCommand.Create(terminal), KeyRotateCommand.Create(terminal), KeyListCommand.Create(terminal), RevokeKey(terminal),
    };

    public static (Argument<string> Tenant, Argument<string> KeyId) Arguments() => (
        Tenant(), new Argument<string>("KEY_ID") { Description = "The key's public part: 1..64 characters of a-z 0-9 and -" });

    public static Argument<string> Tenant() => new("TENANT") { Description = "The tenant: 1..64 characters of a-z 0-9 and -" };

    public static Option<TimeSpan?> Lifetime() => new("--lifetime")
    {
        Description = "How long the key lives from now on: 1h to 1000d (for ever)",
        HelpName = "TIME",
        CustomParser = Durations.Between(TimeSpan.FromHours(1), TimeSpan.FromDays(1000)),
    };

    /// <summary>Shows a key, once.</summary>
    public static int Show(Terminal terminal, string apiKey)
    {
        terminal.Out.WriteLine(apiKey);
        terminal.Error.WriteLine("Keep this key: only its hash is stored, and it is not shown again.");
        return 0;
    }

    private static Command RevokeKey(Terminal terminal)
    {
        var (tenant, keyId) = Arguments();
        var command = new Command("revoke", "Revokes an API key; it is refused within 10 seconds.") { tenant, keyId };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new RevokeApiKeyRequest { TenantId = parsed.GetRequiredValue(tenant), KeyId = parsed.GetRequiredValue(keyId) };
            await new EnforcementService.EnforcementServiceClient(connection.Invoker).RevokeApiKeyAsync(
                request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine($"Key {request.KeyId} of {request.TenantId} is revoked.");
            return 0;
        });
        return command;
    }
}
