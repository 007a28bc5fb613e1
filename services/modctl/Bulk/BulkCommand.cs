using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Bulk;

/// <summary><c>modctl bulk</c>: one verdict on many decisions.</summary>
internal static class BulkCommand
{
    public static Command Create(Terminal terminal) => new("bulk", "Decides about many decisions at once; look first, undo as a whole.")
    {
        Preview(terminal), Start(terminal), Get(terminal), Undo(terminal),
    };

    private static Command Preview(Terminal terminal)
    {
        var command = new Command("preview", "Tells what a selection finds and what a verdict would do; changes nothing.");
        var (tenant, wish) = (TenantArgument.Create(), new WishOptions());
        command.Arguments.Add(tenant);
        wish.AddTo(command, isRationaleRequired: false);
        Calls(command, terminal, async (client, parsed, cancellationToken) =>
        {
            var request = new PreviewBulkDecisionRequest { TenantId = parsed.GetRequiredValue(tenant), Selection = wish.Selection(parsed), Verdict = wish.Verdict(parsed) };
            var answer = await client.PreviewBulkDecisionAsync(request, deadline: DateTime.UtcNow.AddMinutes(2), cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer.Preview));
        });
        return command;
    }

    private static Command Start(Terminal terminal)
    {
        var command = new Command("start", "Starts a job; its id is shown on standard output.");
        var (tenant, wish, request) = (TenantArgument.Create(), new WishOptions(), RequestId());
        var cap = new Option<int>("--cap") { Description = "Refuse when more decisions than this are found: at least what the preview counted", Required = true };
        command.Arguments.Add(tenant);
        wish.AddTo(command, isRationaleRequired: true);
        command.Options.Add(cap);
        command.Options.Add(request);
        Calls(command, terminal, async (client, parsed, cancellationToken) =>
        {
            var (selection, verdict, named) = (wish.Selection(parsed), wish.Verdict(parsed), parsed.GetRequiredValue(tenant));
            // Taking back all that rests on one piece of evidence has a cause of its own.
            var job = selection.ByCase == BulkSelection.ByOneofCase.Evidence && verdict.Measures.Count == 0 && !selection.AutomatedOnly
                ? (await client.StartEvidenceWithdrawalAsync(
                    new StartEvidenceWithdrawalRequest
                    {
                        TenantId = named,
                        RequestId = parsed.GetRequiredValue(request),
                        Evidence = selection.Evidence,
                        Rationale = verdict.Rationale,
                        Cap = parsed.GetRequiredValue(cap),
                    },
                    deadline: DateTime.UtcNow.AddMinutes(2), cancellationToken: cancellationToken)).Job
                : (await client.StartBulkDecisionAsync(
                    new StartBulkDecisionRequest
                    {
                        TenantId = named,
                        RequestId = parsed.GetRequiredValue(request),
                        Selection = selection,
                        Verdict = verdict,
                        Cap = parsed.GetRequiredValue(cap),
                    },
                    deadline: DateTime.UtcNow.AddMinutes(2), cancellationToken: cancellationToken)).Job;
            terminal.Out.WriteLine(job.JobId);
            terminal.Error.WriteLine($"Deciding about {job.TargetCount} decisions; modctl bulk get {job.JobId} tells how far it is.");
        });
        return command;
    }

    private static Command Get(Terminal terminal)
    {
        var job = Job();
        var command = new Command("get", "Shows a job and what it made of each decision, one JSON object a line.") { job };
        Calls(command, terminal, async (client, parsed, cancellationToken) =>
        {
            var request = new GetBulkDecisionRequest { JobId = parsed.GetRequiredValue(job), PageSize = 500 };
            for (var first = true; first || request.PageToken.Length > 0; first = false)
            {
                var page = await client.GetBulkDecisionAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                if (first)
                {
                    terminal.Out.WriteLine(Json.OneLine(page.Job));
                }

                foreach (var result in page.Results)
                {
                    terminal.Out.WriteLine(Json.OneLine(result));
                }

                request.PageToken = page.NextPageToken;
            }
        });
        return command;
    }

    private static Command Undo(Terminal terminal)
    {
        var (job, request) = (Job(), RequestId());
        var rationale = new Option<string>("--rationale") { Description = "Why, for colleagues and the audit", Required = true };
        var command = new Command("undo", "Starts a job that takes back exactly what another one did.") { job, rationale, request };
        Calls(command, terminal, async (client, parsed, cancellationToken) =>
        {
            var answer = await client.UndoBulkDecisionAsync(
                new UndoBulkDecisionRequest
                {
                    JobId = parsed.GetRequiredValue(job),
                    RequestId = parsed.GetRequiredValue(request),
                    Rationale = parsed.GetRequiredValue(rationale),
                },
                deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(answer.Job.JobId);
        });
        return command;
    }

    private static void Calls(Command command, Terminal terminal, Func<BulkService.BulkServiceClient, ParseResult, CancellationToken, Task> call)
    {
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            await call(new BulkService.BulkServiceClient(connection.Invoker), parsed, cancellationToken);
            return 0;
        });
    }

    private static Argument<string> Job() => new("JOB") { Description = "The job, b_<shard>_<ulid>" };

    private static Option<string> RequestId() => new("--request-id")
    {
        Description = "An id of yours for this request; the same again starts nothing twice",
        Required = true,
    };
}
