using System.CommandLine;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Policy;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Campaigns;

/// <summary><c>modctl campaign</c>: times of closer watch, with an end, a budget and a report.</summary>
internal static class CampaignCommand
{
    // A plan of a hundred channels is a few kilobytes.
    private const int LongestFile = 1_000_000;

    public static Command Create(Terminal terminal) => new("campaign", "Runs campaigns: shadow first, then live until an end; thresholds come back by themselves.")
    {
        CreateOne(terminal),
        Change(terminal, "approve", "Approves a campaign, as another person than its author and owner.", async (client, id, reason, state, token) => (await client.ApproveCampaignAsync(
            new ApproveCampaignRequest { CampaignId = id, Reason = reason, StateVersion = state }, deadline: ServiceConnection.Deadline, cancellationToken: token)).Campaign),
        Change(terminal, "live", "Lets a campaign act between its start and its end, once its shadow was seen.", async (client, id, reason, state, token) => (await client.PutCampaignLiveAsync(
            new PutCampaignLiveRequest { CampaignId = id, Reason = reason, StateVersion = state }, deadline: ServiceConnection.Deadline, cancellationToken: token)).Campaign),
        Change(terminal, "end", "Ends a campaign now.", async (client, id, reason, state, token) => (await client.EndCampaignAsync(
            new EndCampaignRequest { CampaignId = id, Reason = reason, StateVersion = state }, deadline: ServiceConnection.Deadline, cancellationToken: token)).Campaign),
        Show(terminal), ListAll(terminal), Report(terminal),
    };

    private static Command CreateOne(Terminal terminal)
    {
        var file = new Option<FileInfo>("--file", "-f") { Description = "The campaign as over REST, JSON: {\"campaignId\": ..., \"plan\": {...}}", Required = true, HelpName = "FILE" };
        var state = PolicyCalls.State();
        var command = new Command("create", "Creates a campaign, in shadow.") { file, state };
        command.Calls(terminal, async (client, parsed, cancellationToken) =>
        {
            var request = await ReadAsync(PolicyFile.Existing(parsed.GetRequiredValue(file), "--file"), cancellationToken);
            request.StateVersion = parsed.GetValue(state) is > 0 and var seen ? seen : request.StateVersion;
            Write(terminal.Out, (await client.CreateCampaignAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken)).Campaign);
        });
        return command;
    }

    private static Command Change(
        Terminal terminal, string name, string description,
        Func<CampaignService.CampaignServiceClient, string, string, long, CancellationToken, Task<Campaign>> change)
    {
        var (id, reason, state) = (Id(), PolicyCalls.Reason(), PolicyCalls.State());
        var command = new Command(name, description) { id, reason, state };
        command.Calls(terminal, async (client, parsed, cancellationToken) => Write(
            terminal.Out, await change(client, parsed.GetRequiredValue(id), parsed.GetRequiredValue(reason), parsed.GetValue(state), cancellationToken)));
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var id = Id();
        var command = new Command("show", "Prints a campaign as JSON.") { id };
        command.Calls(terminal, async (client, parsed, cancellationToken) => terminal.Out.WriteLine(Json.Indented((await client.GetCampaignAsync(
            new GetCampaignRequest { CampaignId = parsed.GetRequiredValue(id) }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken)).Campaign)));
        return command;
    }

    private static Command ListAll(Terminal terminal)
    {
        var command = new Command("list", "Lists all campaigns that there are or were, the latest first.");
        command.Calls(terminal, async (client, _, cancellationToken) =>
        {
            var request = new ListCampaignsRequest { PageSize = 100 };
            do
            {
                var page = await client.ListCampaignsAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var campaign in page.Campaigns)
                {
                    var harms = string.Join(',', campaign.Plan.Categories.Select(c => ProtoNames.Of(c)));
                    terminal.Out.WriteLine(FailureText.Printable(
                        $"{campaign.CampaignId}\t{ProtoNames.Of(campaign.Stage)}\t{harms}\t{campaign.Plan.StartTime.ToDateTimeOffset():u}\t"
                        + $"{campaign.Plan.EndTime.ToDateTimeOffset():u}\t{campaign.Plan.Owner}\t{campaign.Plan.Reason}"));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
        });
        return command;
    }

    private static Command Report(Terminal terminal)
    {
        var id = Id();
        var json = new Option<bool>("--json") { Description = "As JSON, with strata and days" };
        var command = new Command("report", "Shows what came of a campaign: so far while it runs, the closing report after its end.") { id, json };
        command.Calls(terminal, async (client, parsed, cancellationToken) =>
        {
            var report = (await client.GetCampaignReportAsync(
                new GetCampaignReportRequest { CampaignId = parsed.GetRequiredValue(id) }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken)).Report;
            if (parsed.GetValue(json))
            {
                terminal.Out.WriteLine(Json.Indented(report));
            }
            else
            {
                Write(terminal.Out, report);
            }
        });
        return command;
    }

    private static Argument<string> Id() => new("CAMPAIGN") { Description = "The campaign's id" };

    private static async Task<CreateCampaignRequest> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length > LongestFile)
        {
            throw new InvalidDataException($"{path}: a campaign is at most {LongestFile:N0} bytes");
        }

        try
        {
            return JsonParser.Default.Parse<CreateCampaignRequest>(await File.ReadAllTextAsync(path, cancellationToken));
        }
        catch (Exception wrong) when (wrong is InvalidJsonException or InvalidProtocolBufferException)
        {
            throw new InvalidDataException($"{path}: {wrong.Message}", wrong);
        }
    }

    private static void Write(TextWriter output, Campaign campaign)
    {
        output.WriteLine(FailureText.Printable(
            $"{campaign.CampaignId}: {ProtoNames.Of(campaign.Stage)}, {campaign.Plan.StartTime.ToDateTimeOffset():u} to {campaign.Plan.EndTime.ToDateTimeOffset():u}, "
            + $"state {campaign.StateVersion}" + (campaign.Approvers.Count > 0 ? $", approved by {string.Join(", ", campaign.Approvers)}" : "")));
        foreach (var missing in campaign.Missing)
        {
            output.WriteLine(FailureText.Printable($"  still needed to go live: {missing}"));
        }
    }

    private static void Write(TextWriter output, CampaignReport report)
    {
        output.WriteLine(FailureText.Printable(FormattableString.Invariant(
            $"{report.CampaignId}: {ProtoNames.Of(report.State)}; {report.Spent} of {report.Budget} measures caused, {report.OverBudgetCount} posts to review instead; {report.OverturnedCount} of {report.AppealCount} appeals overturned")));
        foreach (var period in report.Periods)
        {
            var share = period.UnsampledShare >= 1
                ? "nothing sampled"
                : FormattableString.Invariant($"prevalence {period.Prevalence:P2} ({period.PrevalenceLow:P2} to {period.PrevalenceHigh:P2}; {period.UnsampledShare:P1} of the posts unsampled)");
            output.WriteLine($"  {ProtoNames.Of(period.Period)}: {period.PostCount} posts, {share}");
        }

        if (report.State == CampaignReportState.AfterPending && report.WatchEndTime is { } end)
        {
            output.WriteLine($"  the time after is pending until {end.ToDateTimeOffset():u}");
        }

        foreach (var threshold in report.Thresholds)
        {
            var own = threshold.HasPolicyValue ? FormattableString.Invariant($"{threshold.PolicyValue}") : "gone";
            output.WriteLine(FailureText.Printable(FormattableString.Invariant(
                $"  {threshold.Name}: {threshold.Value} in the campaign, {own} in the policy{(report.ThresholdsRestored ? ", which decides" : "")}")));
        }
    }

    private static void Calls(
        this Command command, Terminal terminal, Func<CampaignService.CampaignServiceClient, ParseResult, CancellationToken, Task> call)
    {
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            await call(new CampaignService.CampaignServiceClient(connection.Invoker), parsed, cancellationToken);
            return 0;
        });
    }
}
