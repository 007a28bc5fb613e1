using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Review;

/// <summary><c>modctl appeal</c>: appeals, as a platform's backend files them for authors.</summary>
internal static class AppealCommand
{
    public static Command Create(Terminal terminal) => new("appeal", "Files and reads appeals of authors.") { File(terminal), Get(terminal) };

    private static Command File(Terminal terminal)
    {
        var decision = new Argument<string>("DECISION_ID") { Description = "The decision appealed against" };
        var measure = new Option<int>("--measure") { Description = "The measure, by its place in the decision from 1; 0 for all", HelpName = "NUMBER" };
        var text = new Option<string>("--text") { Description = "What the author says", DefaultValueFactory = _ => "" };
        var command = new Command("file", "Files an appeal; the same measure again answers the appeal that is there.") { decision, measure, text };
        var key = CredentialOptions.ApiKey().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, key.Header(parsed, terminal));
            var request = new FileAppealRequest
            {
                DecisionId = parsed.GetRequiredValue(decision),
                MeasureNumber = parsed.GetValue(measure),
                Text = parsed.GetValue(text),
            };
            var answer = await new AppealService.AppealServiceClient(connection.Invoker).FileAppealAsync(
                request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer));
            return 0;
        });
        return command;
    }

    private static Command Get(Terminal terminal)
    {
        var appeal = new Argument<string>("APPEAL_ID") { Description = "The appeal, a_<shard>_<ulid>" };
        var command = new Command("get", "Reads an appeal, as JSON.") { appeal };
        var key = CredentialOptions.ApiKey().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, key.Header(parsed, terminal));
            var answer = await new AppealService.AppealServiceClient(connection.Invoker).GetAppealAsync(
                new GetAppealRequest { AppealId = parsed.GetRequiredValue(appeal) }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer));
            return 0;
        });
        return command;
    }
}
