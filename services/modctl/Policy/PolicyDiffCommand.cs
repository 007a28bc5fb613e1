using System.CommandLine;
using Moderation.Enforcement;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Policy;

/// <summary><c>modctl policy diff</c>: two policies beside each other, rule by rule and decision by decision, offline.</summary>
internal static class PolicyDiffCommand
{
    public static Command Create(Terminal terminal)
    {
        var before = new Argument<FileInfo>("BEFORE") { Description = "The policy in force, YAML" };
        var after = new Argument<FileInfo>("AFTER") { Description = "The policy that is to follow, YAML" };
        var cases = new Option<FileInfo>("--cases") { Description = "Golden cases whose decisions are compared, YAML", HelpName = "FILE" };
        var command = new Command("diff", "Says what differs between two policies: rules and thresholds, and decisions on golden cases.") { before, after, cases };
        command.Does(terminal, async (parsed, cancellationToken) =>
        {
            var old = await PolicyFile.CompileAsync(terminal, PolicyFile.Existing(parsed.GetRequiredValue(before), "BEFORE"), cancellationToken);
            var now = await PolicyFile.CompileAsync(terminal, PolicyFile.Existing(parsed.GetRequiredValue(after), "AFTER"), cancellationToken);
            if (old is null || now is null)
            {
                return Root.Failed;
            }

            var rules = PolicyDifference.Rules(old, now);
            foreach (var rule in rules)
            {
                terminal.Out.WriteLine(FailureText.Printable($"{rule.RuleId}: {rule.Change}"));
            }

            terminal.Out.WriteLine($"{old.Version} -> {now.Version}: {rules.Length} changes of rules and thresholds.");
            return parsed.GetValue(cases) is { } golden
                ? await DecisionsAsync(terminal, old, now, PolicyFile.Existing(golden, "--cases"), cancellationToken)
                : 0;
        });
        return command;
    }

    private static async Task<int> DecisionsAsync(
        Terminal terminal, CompiledPolicy before, CompiledPolicy after, string path, CancellationToken cancellationToken)
    {
        if (await PolicyFile.CasesAsync(terminal, path, cancellationToken) is not { } cases)
        {
            return Root.Failed;
        }

        var decisions = PolicyDifference.Decisions(before, after, cases);
        foreach (var decision in decisions)
        {
            terminal.Out.WriteLine(FailureText.Printable($"{decision.Input}: {decision.Before} -> {decision.After}"));
        }

        terminal.Out.WriteLine($"{path}: {decisions.Length} of {cases.Count} decisions differ.");
        return 0;
    }
}
