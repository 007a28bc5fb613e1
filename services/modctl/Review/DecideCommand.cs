using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Review;

/// <summary><c>modctl decide</c>: a moderator's decision without a review task.</summary>
internal static class DecideCommand
{
    public static Command Create(Terminal terminal)
    {
        var tenant = new Argument<string>("TENANT") { Description = "The tenant" };
        var request = new Argument<string>("REQUEST_ID") { Description = "Your id of this decision; the same again is the same decision" };
        var post = new Option<string>("--post") { Description = "The post", DefaultValueFactory = _ => "", HelpName = "POST_ID" };
        var account = new Option<string>("--account") { Description = "The account; alone, the decision is about the account", DefaultValueFactory = _ => "", HelpName = "ACCOUNT_ID" };
        var verdict = new VerdictOptions();
        var command = verdict.AddTo(new Command("decide", "Decides about a post or an account; it supersedes what is in force.") { tenant, request, post, account });
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var answer = await new EnforcementService.EnforcementServiceClient(connection.Invoker).MakeDecisionAsync(
                new MakeDecisionRequest
                {
                    TenantId = parsed.GetRequiredValue(tenant),
                    RequestId = parsed.GetRequiredValue(request),
                    PostId = parsed.GetValue(post),
                    AccountId = parsed.GetValue(account),
                    Verdict = verdict.Read(parsed, terminal.Time),
                },
                deadline: ServiceConnection.Deadline,
                cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer));
            return 0;
        });
        return command;
    }
}
