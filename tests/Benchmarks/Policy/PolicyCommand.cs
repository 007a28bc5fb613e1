using System.CommandLine;

namespace Moderation.Benchmarks.Policy;

/// <summary><c>policy</c>: the policy engine over a fixed mix of rules, beside Microsoft RulesEngine.</summary>
internal static class PolicyCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds; every leg runs once in each", DefaultValueFactory = _ => 5 };
        var seconds = new Option<double>("--seconds") { Description = "Seconds on a core of a leg", DefaultValueFactory = _ => 1 };
        var command = new Command("policy", "The policy engine over 100 rules of a fixed mix, beside Microsoft RulesEngine") { rounds, seconds };
        command.SetAction(parsed => PolicySpeed.Run(parsed.GetValue(rounds), parsed.GetValue(seconds), Console.Out));
        return command;
    }
}
