using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Delivery;

/// <summary><c>modctl webhook dead</c> and <c>modctl webhook redrive</c>.</summary>
internal static class DeadLetterCommands
{
    public static Command CreateList(Terminal terminal)
    {
        var (tenant, webhook) = (WebhookCommand.Tenant(), WebhookCommand.Endpoint());
        var command = new Command("dead", "Lists events whose retries ended, oldest first, one JSON object a line.") { tenant, webhook };
        return command.Calls(terminal, async (parsed, client, cancellationToken) =>
        {
            var request = new ListDeadLettersRequest
            {
                TenantId = parsed.GetRequiredValue(tenant),
                WebhookId = parsed.GetRequiredValue(webhook),
                PageSize = 1000,
            };
            do
            {
                var page = await client.ListDeadLettersAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var letter in page.DeadLetters)
                {
                    terminal.Out.WriteLine(Json.OneLine(letter));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
        });
    }

    public static Command CreateRedrive(Terminal terminal)
    {
        var (tenant, webhook) = (WebhookCommand.Tenant(), WebhookCommand.Endpoint());
        var ids = new Argument<string[]>("ID") { Description = "Dead letters; without any: all, oldest first", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("redrive", "Puts dead letters back into delivery, with their ids and a fresh schedule.") { tenant, webhook, ids };
        return command.Calls(terminal, async (parsed, client, cancellationToken) =>
        {
            var request = new RedriveDeadLettersRequest { TenantId = parsed.GetRequiredValue(tenant), WebhookId = parsed.GetRequiredValue(webhook) };
            request.DeadLetterIds.Add(parsed.GetValue(ids) ?? []);
            var (redriven, last) = (0, 0);
            do
            {
                var answer = await client.RedriveDeadLettersAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                last = answer.RedrivenCount;
                redriven += last;
                foreach (var missing in answer.MissingIds)
                {
                    terminal.Error.WriteLine($"There is no dead letter {FailureText.Printable(missing)} (any more).");
                }
            }
            while (request.DeadLetterIds.Count == 0 && last > 0);
            terminal.Out.WriteLine($"{redriven} events are delivered again.");
        });
    }
}
