using System.CommandLine;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Review;

/// <summary><c>modctl review</c>: the work of reviewers from a terminal.</summary>
internal static class ReviewCommand
{
    public static Command Create(Terminal terminal) => new("review", "Lists, leases and completes review tasks; figures of the queues.")
    {
        List(terminal), Lease(terminal), Get(terminal), Renew(terminal), Release(terminal), Complete(terminal), Conflict(terminal), Figures(terminal),
    };

    private static Command List(Terminal terminal)
    {
        var tenant = Tenant();
        var queue = new Option<string>("--queue") { Description = "general, child-safety, appeals or sample", DefaultValueFactory = _ => "general" };
        var overdue = new Option<bool>("--overdue") { Description = "Only tasks that should have been done by now" };
        var command = new Command("list", "Lists the tasks of a queue in the order in which they are handed out.") { tenant, queue, overdue };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var client = new ReviewService.ReviewServiceClient(connection.Invoker);
            var request = new ListReviewTasksRequest { TenantId = parsed.GetRequiredValue(tenant), Queue = parsed.GetValue(queue), OverdueOnly = parsed.GetValue(overdue) };
            var table = new Table().Border(TableBorder.None).AddColumns("task", "why", "harm", "severity", "post", "state", "opened", "due", "");
            do
            {
                var page = await client.ListReviewTasksAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var task in page.Tasks)
                {
                    table.AddRow(
                        task.TaskId, ProtoNames.Of(task.Kind), task.Category == HarmCategory.Unspecified ? "-" : ProtoNames.Of(task.Category), $"{task.Severity}",
                        Markup.Escape(task.PostId.Length > 0 ? task.PostId : task.AccountId), ProtoNames.Of(task.State), Time(task.CreateTime), Time(task.DueTime),
                        task.Overdue ? "overdue" : "");
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            terminal.Console.Write(table);
            return 0;
        });
        return command;
    }

    private static Command Lease(Terminal terminal)
    {
        var tenant = Tenant();
        var queues = new Option<string[]>("--queue") { Description = "A queue to take from; repeat it for several (general and appeals)", DefaultValueFactory = _ => [] };
        return Calling(terminal, new Command("lease", "Takes the first task that you may take; it and its lease token as JSON.") { tenant, queues }, async (client, parsed, options) =>
            await client.LeaseReviewTaskAsync(new LeaseReviewTaskRequest { TenantId = parsed.GetRequiredValue(tenant), Queues = { parsed.GetValue(queues) ?? [] } }, options));
    }

    private static Command Get(Terminal terminal)
    {
        var task = Task();
        return Calling(terminal, new Command("get", "Reads a task with what it is about, as JSON.") { task }, async (client, parsed, options) =>
            await client.GetReviewTaskAsync(new GetReviewTaskRequest { TaskId = parsed.GetRequiredValue(task) }, options));
    }

    private static Command Renew(Terminal terminal)
    {
        var (task, lease) = (Task(), Token());
        return Calling(terminal, new Command("renew", "Keeps a lease longer.") { task, lease }, async (client, parsed, options) =>
            await client.RenewReviewLeaseAsync(
                new RenewReviewLeaseRequest { TaskId = parsed.GetRequiredValue(task), LeaseToken = parsed.GetRequiredValue(lease) }, options));
    }

    private static Command Release(Terminal terminal)
    {
        var (task, lease) = (Task(), Token());
        return Calling(terminal, new Command("release", "Gives a task back; it keeps its place.") { task, lease }, async (client, parsed, options) =>
            await client.ReleaseReviewTaskAsync(
                new ReleaseReviewTaskRequest { TaskId = parsed.GetRequiredValue(task), LeaseToken = parsed.GetRequiredValue(lease) }, options));
    }

    private static Command Complete(Terminal terminal)
    {
        var (task, lease, verdict) = (Task(), Token(), new VerdictOptions());
        var command = verdict.AddTo(new Command("complete", "Gives the verdict on a leased task: measures, or none to let the post stand.") { task, lease });
        return Calling(terminal, command, async (client, parsed, options) => await client.CompleteReviewAsync(
            new CompleteReviewRequest
            {
                TaskId = parsed.GetRequiredValue(task),
                LeaseToken = parsed.GetRequiredValue(lease),
                Verdict = verdict.Read(parsed, terminal.Time),
            },
            options));
    }

    private static Command Conflict(Terminal terminal)
    {
        var tenant = Tenant();
        var account = new Argument<string>("ACCOUNT_ID") { Description = "The account that you must not review" };
        return Calling(terminal, new Command("conflict", "Declares a conflict of interest with an account; you can't take it back.") { tenant, account },
            async (client, parsed, options) => await client.DeclareConflictAsync(
                new DeclareConflictRequest { TenantId = parsed.GetRequiredValue(tenant), AccountId = parsed.GetRequiredValue(account) }, options));
    }

    private static Command Figures(Terminal terminal)
    {
        var tenant = Tenant();
        return Calling(terminal, new Command("figures", "Figures of queues, rules and reviewers, as JSON.") { tenant }, async (client, parsed, options) =>
            await client.GetReviewFiguresAsync(new GetReviewFiguresRequest { TenantId = parsed.GetRequiredValue(tenant) }, options));
    }

    private static Command Calling(
        Terminal terminal, Command command, Func<ReviewService.ReviewServiceClient, ParseResult, Grpc.Core.CallOptions, Task<IMessage>> call)
    {
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var options = new Grpc.Core.CallOptions(deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(await call(new ReviewService.ReviewServiceClient(connection.Invoker), parsed, options)));
            return 0;
        });
        return command;
    }

    private static string Time(Google.Protobuf.WellKnownTypes.Timestamp time)
        => time.ToDateTime().ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    private static Argument<string> Tenant() => new("TENANT") { Description = "The tenant" };

    private static Argument<string> Task() => new("TASK_ID") { Description = "The task, t_<shard>_<ulid>" };

    private static Option<long> Token() => new("--lease") { Description = "The token that the lease answered", Required = true, HelpName = "TOKEN" };
}
