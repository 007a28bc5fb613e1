using System.CommandLine;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Orders;

/// <summary><c>modctl order</c>: orders of authorities.</summary>
internal static class OrderCommand
{
    public static Command Create(Terminal terminal)
        => new("order", "Files orders of authorities, and counts them.") { FileOrder(terminal), CountOrders(terminal) };

    private static Command FileOrder(Terminal terminal)
    {
        var tenant = Tenant();
        var authority = Text("--authority", "The authority that gave it");
        var country = Text("--country", "Its country, two capital letters, or EU");
        var ground = Text("--legal-ground", "The provision that it rests on");
        var reference = Text("--reference", "The authority's reference");
        var scope = new Option<string[]>("--scope")
        {
            Description = "Where it is to have effect: countries by two capital letters",
            HelpName = "COUNTRY",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var post = new Option<string>("--post") { Description = "The post", HelpName = "ID", DefaultValueFactory = _ => "" };
        var account = new Option<string>("--account") { Description = "The account, where it is not about a post", HelpName = "ID", DefaultValueFactory = _ => "" };
        var category = CategoryOption.One("The harm; an order about anything else is refused");
        var received = new Option<DateTimeOffset?>("--received")
        {
            Description = "When it was received, such as 2026-01-15T09:30Z; without it: now",
            HelpName = "TIME",
            CustomParser = result =>
            {
                if (result.Tokens is [{ Value: var text }]
                    && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
                {
                    return time;
                }

                result.AddError("--received must be a time such as 2026-01-15T09:30Z.");
                return null;
            },
        };
        var reasoning = new Option<string>("--reasoning") { Description = "What the order says of the content", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var command = new Command("file", "Files an order: it opens a review task, and is never a measure by itself.")
        {
            tenant, authority, country, ground, reference, scope, post, account, category, received, reasoning,
        };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new FileOrderRequest
            {
                TenantId = parsed.GetRequiredValue(tenant),
                Order = new AuthorityOrder
                {
                    Authority = parsed.GetRequiredValue(authority),
                    AuthorityCountry = parsed.GetRequiredValue(country),
                    LegalGround = parsed.GetRequiredValue(ground),
                    Reference = parsed.GetRequiredValue(reference),
                    TerritorialScope = { parsed.GetRequiredValue(scope) },
                    PostId = parsed.GetRequiredValue(post),
                    AccountId = parsed.GetRequiredValue(account),
                    Category = parsed.GetRequiredValue(category),
                    ReceiveTime = Timestamp.FromDateTimeOffset(parsed.GetValue(received) ?? terminal.Time.GetUtcNow()),
                    Reasoning = parsed.GetRequiredValue(reasoning),
                },
            };
            var answer = await Client(connection).FileOrderAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer.Order));
            return 0;
        });
        return command;
    }

    private static Command CountOrders(Terminal terminal)
    {
        var tenant = Tenant();
        var year = new Option<int>("--year") { Description = "Only orders filed in this year", HelpName = "YEAR" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var command = new Command("counts", "Counts orders by country, harm and outcome.") { tenant, year, json };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var answer = await Client(connection).GetOrderCountsAsync(
                new GetOrderCountsRequest { TenantId = parsed.GetRequiredValue(tenant), Year = parsed.GetValue(year) },
                deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            if (parsed.GetValue(json))
            {
                foreach (var count in answer.Counts)
                {
                    terminal.Out.WriteLine(Json.OneLine(count));
                }

                return 0;
            }

            Print(answer, terminal.Console);
            return 0;
        });
        return command;
    }

    private static void Print(GetOrderCountsResponse answer, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("country", "harm", "received", "acted", "no action", "post withdrawn", "refused");
        foreach (var count in answer.Counts)
        {
            long[] numbers = [count.Received, count.Acted, count.NoAction, count.PostWithdrawn, count.Refused];
            string[] cells = [count.AuthorityCountry, ProtoNames.Of(count.Category), .. numbers.Select(n => n.ToString(CultureInfo.InvariantCulture))];
            table.AddRow(cells.Select(c => new Text(FailureText.Printable(c))));
        }

        console.Write(table);
    }

    private static Argument<string> Tenant() => new("TENANT") { Description = "The tenant" };

    private static Option<string> Text(string name, string description) => new(name) { Description = description, HelpName = "TEXT", Required = true };

    private static OrderService.OrderServiceClient Client(ServiceConnection connection) => new(connection.Invoker);
}
