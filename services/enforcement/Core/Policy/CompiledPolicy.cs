using System.Collections.Immutable;
using System.Globalization;
using Moderation.Enforcement.Cel;

namespace Moderation.Enforcement;

/// <summary>A policy that is ready to decide. Immutable and safe to use from many threads.</summary>
public sealed class CompiledPolicy
{
    private PolicyEvaluation? _idle;

    internal CompiledPolicy(
        string version, ImmutableDictionary<string, PolicyClause> clauses, ImmutableArray<PolicyRule> rules,
        ImmutableSortedDictionary<string, PolicyThreshold> thresholds, ImmutableSortedDictionary<string, string> constants)
    {
        Thresholds = thresholds;
        Constants = constants;
        Version = version;
        Clauses = clauses;
        Rules = rules;
        Plan = new EvaluationPlan(rules);
        NoAction = new PolicyOutcome
        {
            PolicyVersion = version,
            Verdict = Verdict.NoAction,
            Fired = [],
            Measures = [],
            ReviewReasons = [],
            Notes = [],
        };
    }

    /// <summary>The version as written, such as default@1.</summary>
    public string Version { get; }

    /// <summary>The public clauses by id.</summary>
    public ImmutableDictionary<string, PolicyClause> Clauses { get; }

    /// <summary>The rules in the order of the document.</summary>
    public ImmutableArray<PolicyRule> Rules { get; }

    /// <summary>The named thresholds by name; campaigns may move them within their bounds.</summary>
    public ImmutableSortedDictionary<string, PolicyThreshold> Thresholds { get; }

    /// <summary>The constants as written, by name.</summary>
    internal ImmutableSortedDictionary<string, string> Constants { get; }

    /// <summary>The value of t.name in this policy, as text; empty when it has no such name.</summary>
    internal string NumberOf(string name) =>
        Thresholds.TryGetValue(name, out var threshold) ? threshold.Value.ToString("R", CultureInfo.InvariantCulture) : Constants.GetValueOrDefault(name, "");

    internal EvaluationPlan Plan { get; }

    /// <summary>What most posts get: nothing fired, and nothing was missing.</summary>
    internal PolicyOutcome NoAction { get; }

    /// <summary>Takes the evaluation that lies idle, or makes one; give it back with <see cref="Return"/>.</summary>
    internal PolicyEvaluation Rent() => Interlocked.Exchange(ref _idle, null) ?? new PolicyEvaluation(this);

    internal void Return(PolicyEvaluation evaluation) => Volatile.Write(ref _idle, evaluation);
}

/// <summary>A public clause: what authors can read before and after.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Category">The harm it is about.</param>
/// <param name="Title">Its title in English.</param>
/// <param name="Text">Its text in English.</param>
/// <param name="Translations">Title and text by primary language subtag, such as zh.</param>
public sealed record PolicyClause(
    string Id, HarmCategory Category, string Title, string Text, ImmutableSortedDictionary<string, ClauseText> Translations)
{
    /// <summary>Title and text in a language, or in English when there is no translation.</summary>
    public ClauseText In(string language) => Translations.GetValueOrDefault(language) ?? new ClauseText(Title, Text);
}

/// <summary>A clause in one language.</summary>
/// <param name="Title">One line.</param>
/// <param name="Text">What is not allowed, for authors.</param>
public sealed record ClauseText(string Title, string Text);

/// <summary>A compiled rule.</summary>
public sealed class PolicyRule
{
    internal PolicyRule(
        string id, PolicyClause clause, ImmutableArray<MeasureKind> measures, int severity, CelCondition<PolicyVariables> condition,
        ImmutableArray<CelRead<PolicyVariables>> evidence)
    {
        Id = id;
        Clause = clause;
        Measures = measures;
        Severity = severity;
        Condition = condition;
        Evidence = evidence;
        Basis = PolicyInputs.Basis(condition.Requires);
        Gate = RuleGate.Of(clause.Category, condition);
    }

    /// <summary>Its id.</summary>
    public string Id { get; }
    /// <summary>The public clause behind it.</summary>
    public PolicyClause Clause { get; }
    /// <summary>The harm; the same as the clause's.</summary>
    public HarmCategory Category => Clause.Category;
    /// <summary>What it asks for, strictest first.</summary>
    public ImmutableArray<MeasureKind> Measures { get; }
    /// <summary>1 (low) to 4 (critical).</summary>
    public int Severity { get; }
    /// <summary>What its condition rests on.</summary>
    public EvidenceBasis Basis { get; }
    /// <summary>The condition as written.</summary>
    public string When => Condition.Source;
    /// <summary>The bound of the condition's cost; see <see cref="CelLimits.MaxCost"/>.</summary>
    public long Cost => Condition.Cost;

    internal CelCondition<PolicyVariables> Condition { get; }

    /// <summary>What must hold before the condition is worth evaluating.</summary>
    internal RuleGate Gate { get; }

    /// <summary>What is recorded when it fires: what the condition reads, and what the rule names besides.</summary>
    internal ImmutableArray<CelRead<PolicyVariables>> Evidence { get; }
}

/// <summary>What is wrong with a policy document.</summary>
/// <param name="Line">Line of the document, from 1; 0 when it is about the whole.</param>
/// <param name="Column">Column of the document, from 1.</param>
/// <param name="Path">Where in the document, such as rules[3].when.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
/// <param name="Condition">For a condition: the error with line and column within it.</param>
public sealed record PolicyError(int Line, int Column, string Path, string Message, CelError? Condition = null)
{
    /// <summary>The error on one line.</summary>
    public override string ToString() => $"{Line}:{Column}: {Path}: {Message}";
}

/// <summary>A compiled policy, or all that is wrong with the document.</summary>
/// <param name="Policy">The policy; null when there are errors.</param>
/// <param name="Errors">All errors, in the order of the document.</param>
public sealed record PolicyCompilation(CompiledPolicy? Policy, ImmutableArray<PolicyError> Errors);
