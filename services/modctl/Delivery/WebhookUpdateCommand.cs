using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Delivery;

/// <summary><c>modctl webhook update</c>, <c>pause</c> and <c>resume</c>.</summary>
internal static class WebhookUpdateCommand
{
    public static Command Create(Terminal terminal)
    {
        var (tenant, webhook, types) = (WebhookCommand.Tenant(), WebhookCommand.Webhook(), WebhookCommand.Types());
        var url = new Option<string>("--url") { Description = "Post events here from now on", HelpName = "URL" };
        var all = new Option<bool>("--all-types") { Description = "Deliver all types of events" };
        var command = new Command("update", "Changes a webhook's address or event types.") { tenant, webhook, url, types, all };
        command.Validators.Add(result =>
        {
            var (hasTypes, hasAll) = (result.GetResult(types) is { Implicit: false }, result.GetResult(all) is { Implicit: false });
            if ((hasTypes && hasAll) || (!hasTypes && !hasAll && result.GetResult(url) is not { Implicit: false }))
            {
                result.AddError("Give --url, and one of --type and --all-types, or one of the two.");
            }
        });
        return command.Calls(terminal, async (parsed, client, cancellationToken) =>
        {
            var (wanted, mask) = (new Webhook(), new FieldMask());
            if (parsed.GetValue(url) is { } address)
            {
                wanted.Url = address;
                mask.Paths.Add("url");
            }

            if (parsed.GetValue(types) is { Length: > 0 } given)
            {
                wanted.EventTypes.Add(given);
                mask.Paths.Add("event_types");
            }
            else if (parsed.GetValue(all))
            {
                mask.Paths.Add("event_types");
            }

            await UpdateAsync(terminal, client, parsed.GetRequiredValue(tenant), parsed.GetRequiredValue(webhook), wanted, mask, cancellationToken);
        });
    }

    public static Command CreateState(Terminal terminal, string name, string description, WebhookState state)
    {
        var (tenant, webhook) = (WebhookCommand.Tenant(), WebhookCommand.Webhook());
        var command = new Command(name, description) { tenant, webhook };
        return command.Calls(terminal, (parsed, client, cancellationToken) => UpdateAsync(
            terminal, client, parsed.GetRequiredValue(tenant), parsed.GetRequiredValue(webhook),
            new Webhook { State = state }, new FieldMask { Paths = { "state" } }, cancellationToken));
    }

    private static async Task UpdateAsync(
        Terminal terminal, DeliveryService.DeliveryServiceClient client, string tenant, string webhook, Webhook wanted, FieldMask mask,
        CancellationToken cancellationToken)
    {
        var now = await WebhookCommand.FindAsync(client, tenant, webhook, cancellationToken);
        var request = new UpdateWebhookRequest { TenantId = tenant, WebhookId = webhook, Webhook = wanted, UpdateMask = mask, Etag = now.Etag };
        var answer = await client.UpdateWebhookAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
        terminal.Out.WriteLine(Json.Indented(answer.Webhook));
    }
}
