using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Delivery;

/// <summary><c>modctl webhook create</c></summary>
internal static class WebhookCreateCommand
{
    public static Command Create(Terminal terminal)
    {
        var (tenant, webhook, types) = (WebhookCommand.Tenant(), WebhookCommand.Webhook(), WebhookCommand.Types());
        var url = new Argument<string>("URL") { Description = "Where events are posted; https, unless the installation allows http" };
        var fromOldest = new Option<bool>("--from-oldest") { Description = "Begin with the oldest event that is kept; without it: from now on" };
        var command = new Command("create", "Makes a webhook; its key id and secret are shown once, on standard output.")
        {
            tenant, webhook, url, types, fromOldest,
        };
        return command.Calls(terminal, async (parsed, client, cancellationToken) =>
        {
            var request = new CreateWebhookRequest
            {
                TenantId = parsed.GetRequiredValue(tenant),
                WebhookId = parsed.GetRequiredValue(webhook),
                Url = parsed.GetRequiredValue(url),
                EventTypes = { parsed.GetValue(types) ?? [] },
                FromOldest = parsed.GetValue(fromOldest),
            };
            var answer = await client.CreateWebhookAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            WebhookCommand.PrintSecret(terminal, answer.Webhook, answer.Secret);
        });
    }
}
