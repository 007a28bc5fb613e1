using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Delivery;

/// <summary><c>modctl webhook rotate</c></summary>
internal static class WebhookRotateCommand
{
    public static Command Create(Terminal terminal)
    {
        var (tenant, webhook) = (WebhookCommand.Tenant(), WebhookCommand.Webhook());
        var lifetime = new Option<TimeSpan?>("--previous-lifetime")
        {
            Description = "How long the previous secret signs too: 0s to 7d (1d); 0s ends it now",
            HelpName = "TIME",
            CustomParser = Durations.Between(TimeSpan.Zero, TimeSpan.FromDays(7)),
        };
        var command = new Command("rotate", "Makes a new secret; key id and secret are shown once, on standard output.") { tenant, webhook, lifetime };
        return command.Calls(terminal, async (parsed, client, cancellationToken) =>
        {
            var now = await WebhookCommand.FindAsync(client, parsed.GetRequiredValue(tenant), parsed.GetRequiredValue(webhook), cancellationToken);
            var request = new RotateWebhookSecretRequest { TenantId = now.TenantId, WebhookId = now.WebhookId, Etag = now.Etag };
            if (parsed.GetValue(lifetime) is { } span)
            {
                request.PreviousLifetime = Duration.FromTimeSpan(span);
            }

            var answer = await client.RotateWebhookSecretAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            WebhookCommand.PrintSecret(terminal, answer.Webhook, answer.Secret);
        });
    }
}
