using System.CommandLine;
using Moderation.Enforcement;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Policy;

/// <summary><c>modctl policy explain</c>: for one input, each rule's values and why it fired or did not, offline.</summary>
internal static class PolicyExplainCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The policy, YAML" };
        var cases = new Argument<FileInfo>("CASES") { Description = "Golden cases, YAML; their inputs are explained", HelpName = "CASES" };
        var name = new Option<string>("--case") { Description = "The name of the case", Required = true, HelpName = "NAME" };
        var rule = new Option<string>("--rule") { Description = "Only this rule", HelpName = "ID" };
        var command = new Command("explain", "Says for one golden case each rule's values and why it fired or did not.") { file, cases, name, rule };
        command.Does(terminal, async (parsed, cancellationToken) =>
        {
            var policy = await PolicyFile.CompileAsync(terminal, PolicyFile.Existing(parsed.GetRequiredValue(file), "FILE"), cancellationToken);
            var read = await PolicyFile.CasesAsync(terminal, PolicyFile.Existing(parsed.GetRequiredValue(cases), "CASES"), cancellationToken);
            if (policy is null || read is null)
            {
                return Root.Failed;
            }

            var wanted = parsed.GetRequiredValue(name);
            var input = read.FirstOrDefault(c => c.Name == wanted)
                ?? throw new UsageException($"--case: there is no case '{wanted}'; expected one of: {string.Join("; ", read.Select(c => c.Name))}.");
            var only = parsed.GetValue(rule);
            if (only is not null && policy.Rules.All(r => r.Id != only))
            {
                throw new UsageException($"--rule: policy {policy.Version} has no rule '{only}'.");
            }

            foreach (var explained in PolicyExplanation.Explain(input.Input, policy).Where(e => only is null || e.RuleId == only))
            {
                Write(terminal.Out, explained);
            }

            terminal.Out.WriteLine(GoldenCases.Describe(PolicyEngine.Decide(input.Input, policy)));
            return 0;
        });
        return command;
    }

    private static void Write(TextWriter output, RuleExplanation rule)
    {
        output.WriteLine(FailureText.Printable($"{(rule.Fired ? "FIRED" : "-    ")} {rule.RuleId}: {rule.Why}"));
        foreach (var part in rule.Parts)
        {
            output.WriteLine(FailureText.Printable($"        {part.Value}: {part.Source.ReplaceLineEndings(" ")}"));
        }

        output.WriteLine(FailureText.Printable("        " + string.Join(", ", rule.Values.Select(v => $"{v.Key}={v.Value}"))));
    }
}
