using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank lookback</c>: which posts of the last weeks match entries that came later.</summary>
internal static class LookbackCommand
{
    private const int PageSize = 100;

    public static Command Create(Terminal terminal) => new("lookback", "Compares the media of recent posts with entries; what matches goes to review.")
    {
        Start(terminal),
        Show(terminal),
        List(terminal),
    };

    private static Command Start(Terminal terminal)
    {
        var bank = BankCommand.Bank();
        var entries = new Argument<string[]>("ENTRY") { Description = "The entries; none is all of the bank", Arity = ArgumentArity.ZeroOrMore };
        var request = new Option<string>("--request") { HelpName = "ID", Description = "Names this request: the same again is the same look-back", Required = true };
        var tasks = new Option<int>("--max-tasks") { HelpName = "COUNT", Description = "Review tasks that it may open, 1..100000; the service's own limit unless given" };
        var command = new Command("start", "Starts a look-back.") { bank, entries, request, tasks };
        Calls(command, terminal, async (parsed, client, cancellationToken) =>
        {
            var (named, wanted) = (parsed.GetRequiredValue(bank), new StartLookbackRequest { RequestId = parsed.GetRequiredValue(request), MaxTasks = parsed.GetValue(tasks) });
            var single = parsed.GetValue(entries) ?? [];
            wanted.Entries.Add(single.Select(entry => new LookbackEntry { BankId = named, EntryId = entry }));
            if (single.Length == 0)
            {
                wanted.Banks.Add(new LookbackBank { BankId = named });
            }

            var answer = await client.StartLookbackAsync(wanted, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer.Lookback));
        });
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var id = new Argument<string>("LOOKBACK") { Description = "lb_..., as start and list say" };
        var command = new Command("show", "Shows how far a look-back is, as JSON.") { id };
        Calls(command, terminal, async (parsed, client, cancellationToken) =>
        {
            var answer = await client.GetLookbackAsync(
                new GetLookbackRequest { LookbackId = parsed.GetRequiredValue(id) }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer.Lookback));
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "Lists the look-backs of the last 90 days, latest first, one JSON object a line.");
        Calls(command, terminal, async (_, client, cancellationToken) =>
        {
            var request = new ListLookbacksRequest { PageSize = PageSize };
            do
            {
                var page = await client.ListLookbacksAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var lookback in page.Lookbacks)
                {
                    terminal.Out.WriteLine(Json.OneLine(lookback));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
        });
        return command;
    }

    private static void Calls(Command command, Terminal terminal, Func<ParseResult, LookbackService.LookbackServiceClient, CancellationToken, Task> action)
    {
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfMediaHash(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            await action(parsed, new LookbackService.LookbackServiceClient(connection.Invoker), cancellationToken);
            return 0;
        });
    }
}
