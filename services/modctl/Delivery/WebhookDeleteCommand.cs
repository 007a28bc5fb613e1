using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Delivery;

/// <summary><c>modctl webhook delete</c></summary>
internal static class WebhookDeleteCommand
{
    public static Command Create(Terminal terminal)
    {
        var (tenant, webhook) = (WebhookCommand.Tenant(), WebhookCommand.Webhook());
        var command = new Command("delete", "Removes a webhook with its retries and dead letters.") { tenant, webhook };
        return command.Calls(terminal, async (parsed, client, cancellationToken) =>
        {
            var request = new DeleteWebhookRequest { TenantId = parsed.GetRequiredValue(tenant), WebhookId = parsed.GetRequiredValue(webhook) };
            await client.DeleteWebhookAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine($"Webhook {request.WebhookId} of {request.TenantId} is removed.");
        });
    }
}
