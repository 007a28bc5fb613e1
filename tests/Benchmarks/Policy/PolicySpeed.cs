using System.Diagnostics;
using System.Globalization;
using Moderation.Benchmarks.Media;
using Moderation.Enforcement;

namespace Moderation.Benchmarks.Policy;

/// <summary>Evaluations of the whole set a second on one core, bytes each, beside Microsoft RulesEngine in the same run.</summary>
internal static class PolicySpeed
{
    private const int InputCount = 256;
    private const int RuleCount = 100;
    private const double Harm = 1.0;

    public static int Run(int rounds, double seconds, TextWriter output)
    {
        output.WriteLine($"{Machine.Processor}, .NET {Environment.Version}, load {Machine.Load}; {rounds} rounds of {seconds} s on a core a leg");
        Compile(output);
        var (inputs, plain) = (PolicyMix.Inputs(InputCount, Harm), PolicyMix.Inputs(InputCount, 0));
        var (gated, open) = (PolicyMix.Compile(RuleCount), PolicyMix.Compile(RuleCount, gated: false));
        var peer = new RulesEnginePeer(PolicyMix.Rules(RuleCount));
        var peers = inputs.Select(i => new PeerInput(i)).ToArray();
        var share = Agree(inputs, peers, gated, open, peer);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the peer fires the same number of rules on every input: {100 * share:0.0} % of all\n"));
        var legs = new List<Leg>
        {
            new("RulesEngine, 100 rules", 16, i => peer.Evaluate(peers[i & (InputCount - 1)])),
            Lean("100 rules", gated, inputs),
            Lean("100 rules, nothing fires", gated, plain),
            Lean("100 rules, no gate can be read off", open, inputs),
            Lean("100 rules, no gate, nothing fires", open, plain),
            new("100 rules, whole decision with evidence", 1024, i => PolicyEngine.Decide(inputs[i & (InputCount - 1)], gated)),
            new("100 rules, whole decision, nothing fires", 1024, i => PolicyEngine.Decide(plain[i & (InputCount - 1)], gated)),
        };
        var staged = StagedPolicy.Of(
            gated, gated.Rules.Select(r => new StagedRule(r, gated.Version, RuleStage.Live)), gated,
            [new StagedRule(gated.Rules[0], "next@1", RuleStage.Shadow)], new byte[32]);
        var simulation = new PolicySimulation(gated, open, samples: 10);
        var names = Enumerable.Range(0, InputCount).Select(i => $"d_1_{i}").ToArray();
        legs.Add(new Leg("100 rules and one in shadow, whole decision", 1024, i => PolicyEngine.Decide(inputs[i & (InputCount - 1)], staged)));
        legs.Add(new Leg(
            "100 rules, simulated beside another version", 1024, i => simulation.Add(inputs[i & (InputCount - 1)], names[i & (InputCount - 1)])));
        foreach (var count in new[] { 200, 400, 800 })
        {
            legs.Add(Lean($"{count} rules", PolicyMix.Compile(count), inputs));
            legs.Add(Lean($"{count} rules, no gate can be read off", PolicyMix.Compile(count, gated: false), inputs));
        }
        foreach (var leg in legs)
            CoreClock.Run(0.5, leg.Batch, leg.Call);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var leg in legs)
                leg.Runs.Add(CoreClock.Run(seconds, leg.Batch, leg.Call));
        }
        Report(legs, output);
        return 0;
    }

    private sealed record Leg(string Name, int Batch, Action<int> Call)
    {
        public List<CoreRun> Runs { get; } = [];
    }

    private static Leg Lean(string name, CompiledPolicy policy, PolicyInput[] inputs)
    {
        var evaluation = new PolicyEvaluation(policy);
        return new Leg(name, 4096, i => evaluation.Evaluate(inputs[i & (InputCount - 1)]));
    }

    /// <summary>All engines must fire the same rules, or the race means nothing.</summary>
    private static double Agree(PolicyInput[] inputs, PeerInput[] peers, CompiledPolicy gated, CompiledPolicy open, RulesEnginePeer peer)
    {
        var (first, second) = (new PolicyEvaluation(gated), new PolicyEvaluation(open));
        long fired = 0;
        for (var i = 0; i < inputs.Length; i++)
        {
            var ours = first.Evaluate(inputs[i]);
            if (!ours.SequenceEqual(second.Evaluate(inputs[i])) || ours.Length != peer.Evaluate(peers[i]))
                throw new InvalidOperationException($"the engines disagree on input {i}");
            fired += ours.Length;
        }
        return (double)fired / inputs.Length / RuleCount;
    }

    private static void Compile(TextWriter output)
    {
        var yaml = PolicyMix.Yaml(PolicyMix.Rules(1000));
        var inputs = PolicyMix.Inputs(InputCount, Harm);
        var lines = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            var (started, watch) = (CoreClock.Cpu(), Stopwatch.StartNew());
            var policy = PolicyCompiler.Compile(yaml).Policy ?? throw new InvalidOperationException("the mix does not compile");
            var (compiled, waited) = (CoreClock.Cpu(), watch.Elapsed);
            var evaluation = new PolicyEvaluation(policy);
            foreach (var input in inputs)
                evaluation.Evaluate(input);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{waited.TotalSeconds:0.00} s ({compiled - started:0.00} s of this thread, first use {CoreClock.Cpu() - compiled:0.00} s)"));
        }
        output.WriteLine($"1000 rules compile on {Environment.ProcessorCount} cores: cold {lines[0]}; then {string.Join("; ", lines.Skip(1))}");
    }

    private static void Report(List<Leg> legs, TextWriter output)
    {
        output.WriteLine("| leg | evaluations/s on a core | ratio to RulesEngine | ns a rule | bytes each |\n|---|---|---|---|---|");
        foreach (var leg in legs)
        {
            var rates = leg.Runs.Select(r => r.PerSecond).ToArray();
            var ratios = leg.Runs.Select((r, i) => r.PerSecond / legs[0].Runs[i].PerSecond).ToArray();
            var rules = int.Parse(leg.Name.Split(' ').First(w => char.IsAsciiDigit(w[0])), CultureInfo.InvariantCulture);
            output.WriteLine($"| {leg.Name} | {Machine.Spread(rates)} | {Machine.Spread(ratios)} | {Machine.Short(1e9 / Machine.Median(rates) / rules)} | "
                + $"{Machine.Short(Machine.Median(leg.Runs.Select(r => r.BytesEach)))} |");
        }
    }
}
