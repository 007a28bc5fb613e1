using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Delivery;

/// <summary><c>modctl webhook test</c>: exits 1 when the receiver did not take the event.</summary>
internal static class WebhookTestCommand
{
    // The service waits up to 15 s for the receiver.
    private static DateTime Deadline => DateTime.UtcNow.AddSeconds(30);

    public static Command Create(Terminal terminal)
    {
        var (tenant, webhook) = (WebhookCommand.Tenant(), WebhookCommand.Webhook());
        var command = new Command("test", "Sends one signed test event and says what came back.") { tenant, webhook };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new TestWebhookRequest { TenantId = parsed.GetRequiredValue(tenant), WebhookId = parsed.GetRequiredValue(webhook) };
            var answer = await new DeliveryService.DeliveryServiceClient(connection.Invoker).TestWebhookAsync(
                request, deadline: Deadline, cancellationToken: cancellationToken);
            var status = answer.HttpStatus > 0 ? $"HTTP {answer.HttpStatus}" : "no answer";
            var time = Durations.Show(answer.Duration.ToTimeSpan());
            if (answer.Delivered)
            {
                terminal.Out.WriteLine($"Delivered in {time}: {status}.");
                return 0;
            }

            terminal.Error.WriteLine($"Error: not delivered ({ProtoNames.Of(answer.Failure)}, {status}, {time}).");
            return Root.Failed;
        });
        return command;
    }
}
