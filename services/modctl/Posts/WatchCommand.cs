using System.CommandLine;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Moderation.ModCtl.Submit;

namespace Moderation.ModCtl.Posts;

/// <summary><c>modctl watch</c>: the tenant's events, one JSON object a line. A broken connection is taken up again after the last event.</summary>
internal static class WatchCommand
{
    public static Command Create(Terminal terminal)
    {
        var cursor = new Option<string>("--cursor")
        {
            Description = "Resume after this event; 0: all that is kept; without it: from now on",
            DefaultValueFactory = _ => "",
        };
        var limit = new Option<int?>("--limit") { Description = "End after so many events" };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
            {
                result.AddError("--limit must be 1 or more.");
            }
        });
        var command = new Command("watch", "Prints the tenant's events as they happen, one JSON object a line.") { cursor, limit };
        var key = CredentialOptions.ApiKey().AddTo(command);
        command.Calls(terminal, AddressOption.OfIngest(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, key.Header(parsed, terminal));
            var client = new IngestService.IngestServiceClient(connection.Invoker);
            await WatchAsync(client, parsed.GetRequiredValue(cursor), parsed.GetValue(limit) ?? int.MaxValue, terminal, cancellationToken);
            return 0;
        });
        return command;
    }

    private static async Task WatchAsync(
        IngestService.IngestServiceClient client, string cursor, int limit, Terminal terminal, CancellationToken cancellationToken)
    {
        for (var (printed, failures) = (0, 0); ;)
        {
            try
            {
                using var call = client.WatchDecisions(new WatchDecisionsRequest { Cursor = cursor }, cancellationToken: cancellationToken);
                await foreach (var happened in call.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    terminal.Out.WriteLine(Json.OneLine(happened));
                    terminal.Out.Flush();
                    (cursor, failures) = (happened.Cursor, 0);
                    if (++printed == limit)
                    {
                        return;
                    }
                }

                throw new RpcException(new Status(StatusCode.Unavailable, "The service ended the stream."));
            }
            catch (RpcException failure) when (printed > 0 && Retries.IsTransient(failure) && !cancellationToken.IsCancellationRequested)
            {
                // Before the first event there is no place to resume from, and a silent gap would be worse than an error.
                if (failures++ == 0)
                {
                    terminal.Error.WriteLine($"The connection broke ({FailureText.Reason(failure)}); taking it up again after {cursor}.");
                }
            }

            await Task.Delay(Retries.Backoff(failures), terminal.Time, cancellationToken);
        }
    }
}
