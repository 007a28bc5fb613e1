using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Delivery;

/// <summary><c>modctl webhook</c>: webhooks of tenants, and what they could not deliver.</summary>
internal static class WebhookCommand
{
    public static Command Create(Terminal terminal) => new("webhook", "Makes, changes and watches over webhooks of tenants.")
    {
        WebhookCreateCommand.Create(terminal),
        WebhookListCommand.Create(terminal),
        WebhookUpdateCommand.Create(terminal),
        WebhookUpdateCommand.CreateState(terminal, "pause", "Stops the deliveries; events wait as long as the outbox keeps them.", WebhookState.Paused),
        WebhookUpdateCommand.CreateState(terminal, "resume", "Takes a paused or disabled webhook up again where it stopped.", WebhookState.Active),
        WebhookRotateCommand.Create(terminal),
        WebhookDeleteCommand.Create(terminal),
        WebhookTestCommand.Create(terminal),
        WebhookStatusCommand.Create(terminal),
        DeadLetterCommands.CreateList(terminal),
        DeadLetterCommands.CreateRedrive(terminal),
    };

    public static Argument<string> Tenant() => new("TENANT") { Description = "The tenant: 1..64 characters of a-z 0-9 and -" };

    public static Argument<string> Webhook() => new("WEBHOOK") { Description = "The webhook: 1..64 characters of a-z 0-9 and -" };

    /// <summary>A webhook, or the installation's topic.</summary>
    public static Argument<string> Endpoint() => new("WEBHOOK") { Description = "The webhook, or dapr for the installation's topic" };

    public static Option<string[]> Types() => new("--type")
    {
        Description = "Deliver this type of event, such as decided; may be given again. Without it: all",
        HelpName = "TYPE",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Adds a command that calls enforcement as a person.</summary>
    public static Command Calls(
        this Command command, Terminal terminal, Func<ParseResult, DeliveryService.DeliveryServiceClient, CancellationToken, Task> action)
    {
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            await action(parsed, new DeliveryService.DeliveryServiceClient(connection.Invoker), cancellationToken);
            return 0;
        });
        return command;
    }

    /// <summary>The webhook as it is now.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static async Task<Webhook> FindAsync(
        DeliveryService.DeliveryServiceClient client, string tenant, string webhook, CancellationToken cancellationToken)
    {
        var request = new ListWebhooksRequest { TenantId = tenant };
        do
        {
            var page = await client.ListWebhooksAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            if (page.Webhooks.FirstOrDefault(w => w.WebhookId == webhook) is { } found)
            {
                return found;
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        throw new UsageException($"{tenant} has no webhook {webhook}; modctl webhook list {tenant} lists them.");
    }

    /// <summary>Prints a new secret, which is told only now.</summary>
    public static void PrintSecret(Terminal terminal, Webhook webhook, string secret)
    {
        terminal.Out.WriteLine($"{webhook.KeyIds[0]} {secret}");
        terminal.Error.WriteLine("Key id and secret for the receiver: keep them, the secret is not shown again.");
    }
}
