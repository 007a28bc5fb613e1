using Moderation.Enforcement.Cel;

namespace Moderation.Enforcement;

/// <summary>
/// What can be read off a condition without evaluating it: the inputs it can't hold without, and a score that must be high enough.
/// Where a gate is closed the condition is false and has no fault, so skipping it changes nothing.
/// </summary>
/// <param name="Needs">Bits of <see cref="PolicyInputs"/>.</param>
/// <param name="Score">The harm whose score must reach <paramref name="Least"/>; unspecified when there is none.</param>
/// <param name="Least">The least score.</param>
internal readonly record struct RuleGate(ulong Needs, HarmCategory Score, double Least)
{
    private static readonly Dictionary<string, HarmCategory> ScorePaths = TaxonomyNames.Categories.Where(CategoryScores.IsScored)
        .ToDictionary(c => "text.score." + PolicyVariables.ScoreName(c), StringComparer.Ordinal);

    /// <summary>
    /// The gate of a rule. Two harms need their own kind of match in the input itself, whatever the condition says: a policy that only
    /// counts matches, or looks for another category, must not reach them.
    /// </summary>
    public static RuleGate Of(HarmCategory category, CelCondition<PolicyVariables> condition)
    {
        var necessary = Of(condition.Root);
        var needs = condition.Requires | necessary.Needs | category switch
        {
            HarmCategory.ChildSexualExploitation => PolicyInputs.MatchOf(category),
            HarmCategory.FalseClaim => PolicyInputs.AnyClaim,
            _ => 0,
        };
        var (score, least) = (HarmCategory.Unspecified, double.NegativeInfinity);
        foreach (var scored in ScorePaths.Values)
        {
            if (necessary.Least[(int)scored] > least)
                (score, least) = (scored, necessary.Least[(int)scored]);
        }
        return new RuleGate(needs, score, least);
    }

    /// <summary>What must hold for a condition to be true: bits, and the least score for each harm.</summary>
    private sealed record Necessary(ulong Needs, double[] Least)
    {
        public static Necessary Nothing(ulong needs = 0)
        {
            var least = new double[TaxonomyNames.Categories.Length + 1];
            Array.Fill(least, double.NegativeInfinity);
            return new Necessary(needs, least);
        }

        public static Necessary Both(Necessary a, Necessary b) => new(a.Needs | b.Needs, [.. a.Least.Zip(b.Least, Math.Max)]);

        public static Necessary Either(Necessary a, Necessary b) => new(a.Needs & b.Needs, [.. a.Least.Zip(b.Least, Math.Min)]);
    }

    private static Necessary Of(CelNode node) => node switch
    {
        CelLogic { IsAnd: true } both => Necessary.Both(Of(both.Left), Of(both.Right)),
        CelLogic either => Necessary.Either(Of(either.Left), Of(either.Right)),
        CelCall { Function: ">=", Operands: [var score, var bound] } => Threshold(score, bound, strict: false),
        CelCall { Function: ">", Operands: [var score, var bound] } => Threshold(score, bound, strict: true),
        CelCall { Function: "<=", Operands: [var bound, var score] } => Threshold(score, bound, strict: false),
        CelCall { Function: "<", Operands: [var bound, var score] } => Threshold(score, bound, strict: true),
        CelComprehension { Macro: CelMacro.Exists, Second: null } exists => Exists(exists),
        _ => Necessary.Nothing(),
    };

    private static Necessary Threshold(CelNode score, CelNode bound, bool strict)
    {
        var necessary = Necessary.Nothing();
        if (CelChecker.PathOf(score) is { } path && ScorePaths.TryGetValue(path, out var category) && Constant(bound) is { Kind: CelKind.Double } number)
            necessary.Least[(int)category] = strict ? Math.BitIncrement(number.AsDouble) : number.AsDouble;
        return necessary;
    }

    private static Necessary Exists(CelComprehension exists) => CelChecker.PathOf(exists.Range) switch
    {
        "media.matches" => Necessary.Nothing(PolicyInputs.AnyMatch | MatchOf(exists.Body, exists.FirstLocal)),
        "claims.matches" => Necessary.Nothing(PolicyInputs.AnyClaim),
        _ => Necessary.Nothing(),
    };

    /// <summary>The harm that an element must have, when the body says m.category == HARM and more.</summary>
    private static ulong MatchOf(CelNode body, CelLocal? element)
    {
        switch (body)
        {
            case CelLogic { IsAnd: true } both:
                return MatchOf(both.Left, element) | MatchOf(both.Right, element);
            case CelCall { Function: "==", Operands: [CelSelect { Field: "category", Test: false, Operand: CelIdentifier { Resolution: CelLocal local } }, var name] }
                when ReferenceEquals(local, element) && Constant(name) is { Kind: CelKind.String } text && TaxonomyNames.TryCategory(text.AsString, out var category):
                return PolicyInputs.MatchOf(category);
            default:
                return 0;
        }
    }

    private static CelValue? Constant(CelNode node) => node switch
    {
        CelLiteral literal => literal.Value,
        CelIdentifier { Resolution: CelVariable { Read: null } constant } => constant.Constant,
        CelSelect { Resolution: CelVariable { Read: null } constant } => constant.Constant,
        _ => null,
    };
}
