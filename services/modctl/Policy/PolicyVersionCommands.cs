using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Policy;

/// <summary>Versions of the policy: <c>modctl policy propose | versions | get | promote | withdraw | rollback</c>.</summary>
internal static class PolicyVersionCommands
{
    public static IEnumerable<Command> Create(Terminal terminal) =>
    [
        Propose(terminal), Versions(terminal), Get(terminal),
        Change(terminal, "promote", "Puts the version on its way in force as a whole, once all of its changed rules are LIVE.", async (client, version, reason, state, token) =>
            (await client.PromotePolicyVersionAsync(
                new PromotePolicyVersionRequest { Version = version, Reason = reason, StateVersion = state }, deadline: ServiceConnection.Deadline, cancellationToken: token)).State),
        Change(terminal, "withdraw", "Takes back the version on its way; its rules stop at once.", async (client, version, reason, state, token) =>
            (await client.WithdrawPolicyVersionAsync(
                new WithdrawPolicyVersionRequest { Version = version, Reason = reason, StateVersion = state }, deadline: ServiceConnection.Deadline, cancellationToken: token)).State),
        Change(terminal, "rollback", "Puts a version that was in force before in force again, at once.", async (client, version, reason, state, token) =>
            (await client.RollBackPolicyAsync(
                new RollBackPolicyRequest { Version = version, Reason = reason, StateVersion = state }, deadline: ServiceConnection.Deadline, cancellationToken: token)).State),
    ];

    private static Command Propose(Terminal terminal)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The policy, YAML, with its includes beside it" };
        var cases = new Option<FileInfo>("--cases") { Description = "Golden cases that it must pass, YAML", HelpName = "FILE" };
        var (reason, state) = (PolicyCalls.Reason(), PolicyCalls.State());
        var command = new Command("propose", "Proposes a version; the rules that it changes start as DRAFT. Prints its number.") { file, cases, reason, state };
        command.Calls(terminal, async (client, parsed, cancellationToken) =>
        {
            var document = await PolicyFile.DocumentAsync(PolicyFile.Existing(parsed.GetRequiredValue(file), "FILE"), cancellationToken);
            document.GoldenCases = parsed.GetValue(cases) is { } golden
                ? await File.ReadAllTextAsync(PolicyFile.Existing(golden, "--cases"), cancellationToken)
                : "";
            var created = await client.CreatePolicyVersionAsync(
                new CreatePolicyVersionRequest { Document = document, Reason = parsed.GetRequiredValue(reason), StateVersion = parsed.GetValue(state) },
                deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(created.Version.Version);
            foreach (var change in created.Version.Changes)
            {
                terminal.Error.WriteLine(FailureText.Printable(change));
            }
        });
        return command;
    }

    private static Command Versions(Terminal terminal)
    {
        var command = new Command("versions", "Lists the versions of the policy, the latest first.");
        command.Calls(terminal, async (client, _, cancellationToken) =>
        {
            var request = new ListPolicyVersionsRequest { PageSize = 100 };
            do
            {
                var page = await client.ListPolicyVersionsAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var version in page.Versions)
                {
                    var time = version.CreateTime is { } at ? $"{at.ToDateTimeOffset():u}" : "-";
                    terminal.Out.WriteLine(FailureText.Printable($"{version.Version}\t{version.Name}\t{time}\t{version.Author}\t{version.Reason}"));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
        });
        return command;
    }

    private static Command Get(Terminal terminal)
    {
        var version = PolicyCalls.Version();
        var command = new Command("get", "Prints the document of a version.") { version };
        command.Calls(terminal, async (client, parsed, cancellationToken) =>
        {
            var got = await client.GetPolicyVersionAsync(
                new GetPolicyVersionRequest { Version = parsed.GetRequiredValue(version) }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.Write(got.Document.Text);
        });
        return command;
    }

    private static Command Change(
        Terminal terminal, string name, string description,
        Func<PolicyService.PolicyServiceClient, long, string, long, CancellationToken, Task<PolicyState>> change)
    {
        var (version, reason, state) = (PolicyCalls.Version(), PolicyCalls.Reason(), PolicyCalls.State());
        var command = new Command(name, description) { version, reason, state };
        command.Calls(terminal, async (client, parsed, cancellationToken) => PolicyCalls.Write(
            terminal.Out,
            await change(client, parsed.GetRequiredValue(version), parsed.GetRequiredValue(reason), parsed.GetValue(state), cancellationToken)));
        return command;
    }
}
