using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Reports;

/// <summary><c>modctl report</c>: reports of users and trusted flaggers, as JSON.</summary>
internal static class ReportCommand
{
    private const int PageSize = 200;

    public static Command Create(Terminal terminal)
        => new("report", "Files, reads and lists reports about posts.") { FileReport(terminal), GetReport(terminal), ListReports(terminal) };

    private static Command FileReport(Terminal terminal)
    {
        var post = new Argument<string>("POST_ID") { Description = "The post" };
        var reporter = new Option<string>("--reporter") { Description = "The platform's id of who reports", HelpName = "ID", Required = true };
        var category = CategoryOption.One("The harm");
        var explanation = new Option<string>("--explanation") { Description = "What they say, at most 4,000 characters", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var flagger = new Option<string>("--flagger") { Description = "The trusted flagger that reports", HelpName = "ID", DefaultValueFactory = _ => "" };
        var command = new Command("file", "Files a report; the same reporter and post within 24 hours is one.") { post, reporter, category, explanation, flagger };
        var key = CredentialOptions.ApiKey().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, key.Header(parsed, terminal));
            var request = new FileReportRequest
            {
                PostId = parsed.GetRequiredValue(post),
                ReporterId = parsed.GetRequiredValue(reporter),
                Category = parsed.GetRequiredValue(category),
                Explanation = parsed.GetRequiredValue(explanation),
                TrustedFlaggerId = parsed.GetRequiredValue(flagger),
            };
            var answer = await Client(connection).FileReportAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer.Report));
            return 0;
        });
        return command;
    }

    private static Command GetReport(Terminal terminal)
    {
        var report = new Argument<string>("REPORT_ID") { Description = "The report" };
        var command = new Command("get", "Reads the receipt of a report.") { report };
        var key = CredentialOptions.ApiKey().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, key.Header(parsed, terminal));
            var answer = await Client(connection).GetReportAsync(
                new GetReportRequest { ReportId = parsed.GetRequiredValue(report) }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer.Report));
            return 0;
        });
        return command;
    }

    private static Command ListReports(Terminal terminal)
    {
        var tenant = new Argument<string>("TENANT") { Description = "The tenant" };
        var post = new Option<string>("--post") { Description = "Only reports about this post", HelpName = "ID", DefaultValueFactory = _ => "" };
        var undecided = new Option<bool>("--undecided") { Description = "Only those that are not decided" };
        var command = new Command("list", "Lists reports, newest first, one JSON object a line.") { tenant, post, undecided };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new ListReportsRequest
            {
                TenantId = parsed.GetRequiredValue(tenant),
                PostId = parsed.GetRequiredValue(post),
                UndecidedOnly = parsed.GetValue(undecided),
                PageSize = PageSize,
            };
            do
            {
                var page = await Client(connection).ListReportsAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var report in page.Reports)
                {
                    terminal.Out.WriteLine(Json.OneLine(report));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            return 0;
        });
        return command;
    }

    private static ReportService.ReportServiceClient Client(ServiceConnection connection) => new(connection.Invoker);
}
