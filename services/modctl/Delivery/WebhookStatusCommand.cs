using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Delivery;

/// <summary><c>modctl webhook status</c></summary>
internal static class WebhookStatusCommand
{
    public static Command Create(Terminal terminal)
    {
        var (tenant, webhook) = (WebhookCommand.Tenant(), WebhookCommand.Endpoint());
        var command = new Command("status", "Tells what waits, what is retried and what is dead, as JSON.") { tenant, webhook };
        return command.Calls(terminal, async (parsed, client, cancellationToken) =>
        {
            var request = new GetDeliveryStatusRequest { TenantId = parsed.GetRequiredValue(tenant), WebhookId = parsed.GetRequiredValue(webhook) };
            terminal.Out.WriteLine(Json.Indented(
                await client.GetDeliveryStatusAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken)));
        });
    }
}
