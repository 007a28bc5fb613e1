using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Keys;

/// <summary><c>modctl key create</c>.</summary>
internal static class KeyCreateCommand
{
    public static Command Create(Terminal terminal)
    {
        var (tenant, keyId) = KeyCommand.Arguments();
        var lifetime = KeyCommand.Lifetime();
        var scopes = new Option<string[]>("--scope")
        {
            Description = $"What the key may be used for, as often as needed: {Names} (everything)",
            HelpName = "SCOPE",
        };
        scopes.Validators.Add(result =>
        {
            if ((result.GetValueOrDefault<string[]>() ?? []).Any(s => ProtoNames.Find<Scope>(s) is null))
            {
                result.AddError($"--scope must be one of {Names}.");
            }
        });
        var command = new Command("create", "Makes an API key; it is shown once, on standard output.") { tenant, keyId, scopes, lifetime };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new CreateApiKeyRequest
            {
                TenantId = parsed.GetRequiredValue(tenant),
                KeyId = parsed.GetRequiredValue(keyId),
                Scopes = { (parsed.GetValue(scopes) ?? []).Select(ProtoNames.Find<Scope>).OfType<Scope>() },
                ExpireTime = parsed.GetValue(lifetime) is { } span ? Timestamp.FromDateTimeOffset(terminal.Time.GetUtcNow() + span) : null,
            };
            var answer = await new EnforcementService.EnforcementServiceClient(connection.Invoker).CreateApiKeyAsync(
                request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            return KeyCommand.Show(terminal, answer.ApiKey);
        });
        return command;
    }

    private static string Names => string.Join(", ", ProtoNames.All<Scope>());
}
