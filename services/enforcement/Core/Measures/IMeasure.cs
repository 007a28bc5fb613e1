using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>
/// One kind of measure: how strict it is, who may take it, when it ends, what it does and undoes, and how it is reported. One file and one class
/// for each value of <see cref="MeasureKind"/> that restricts; <see cref="MeasureCatalogue"/> lists them.
/// </summary>
public interface IMeasure
{
    /// <summary>The kind.</summary>
    MeasureKind Kind { get; }

    /// <summary>How strict it is; higher is stricter, at least 1, and no two are the same.</summary>
    int Strictness { get; }

    /// <summary>It restricts the account; else one post.</summary>
    bool IsAccountMeasure { get; }

    /// <summary>A policy's rule can ask for it.</summary>
    bool IsAutomatic { get; }

    /// <summary>The published ladder can impose it.</summary>
    bool IsOfLadder { get; }

    /// <summary>Whether it has an end, and how far away at most.</summary>
    MeasureTerm Term { get; }

    /// <summary>The functions of which it takes one; empty for a measure that takes none.</summary>
    ImmutableArray<string> Features { get; }

    /// <summary>How it is reported to the DSA Transparency Database.</summary>
    TransparencyRestriction Transparency { get; }

    /// <summary>What holds when it is in force too. Applied twice it is in force once.</summary>
    Effects Apply(Effects effects, EffectiveMeasure measure);

    /// <summary>What holds without it. Other measures with the same effect go on.</summary>
    Effects Revert(Effects effects, EffectiveMeasure measure);
}

/// <summary>Whether a measure has an end.</summary>
public enum EndRule
{
    /// <summary>With or without.</summary>
    Optional,
    /// <summary>Only with one.</summary>
    Required,
    /// <summary>Never: it lasts until it is reverted.</summary>
    None,
}

/// <summary>When a measure ends.</summary>
/// <param name="End">Whether it has an end.</param>
/// <param name="Max">How long it lasts at most; null: no limit.</param>
public sealed record MeasureTerm(EndRule End, TimeSpan? Max = null)
{
    /// <summary>With or without an end.</summary>
    public static MeasureTerm Optional { get; } = new(EndRule.Optional);

    /// <summary>Until it is reverted.</summary>
    public static MeasureTerm UntilReverted { get; } = new(EndRule.None);
}

/// <summary>A measure on a post. It has no step on the ladder.</summary>
public abstract class PostMeasure : IMeasure
{
    /// <inheritdoc/>
    public abstract MeasureKind Kind { get; }
    /// <inheritdoc/>
    public abstract int Strictness { get; }
    /// <inheritdoc/>
    public bool IsAccountMeasure => false;
    /// <inheritdoc/>
    public virtual bool IsAutomatic => true;
    /// <inheritdoc/>
    public bool IsOfLadder => false;
    /// <inheritdoc/>
    public virtual MeasureTerm Term => MeasureTerm.Optional;
    /// <inheritdoc/>
    public ImmutableArray<string> Features => [];
    /// <inheritdoc/>
    public abstract TransparencyRestriction Transparency { get; }
    /// <inheritdoc/>
    public abstract Effects Apply(Effects effects, EffectiveMeasure measure);
    /// <inheritdoc/>
    public abstract Effects Revert(Effects effects, EffectiveMeasure measure);
}

/// <summary>A measure on an account. No rule asks for it: it follows from the ladder, or a person takes it.</summary>
public abstract class AccountMeasure : IMeasure
{
    /// <inheritdoc/>
    public abstract MeasureKind Kind { get; }
    /// <inheritdoc/>
    public abstract int Strictness { get; }
    /// <inheritdoc/>
    public bool IsAccountMeasure => true;
    /// <inheritdoc/>
    public bool IsAutomatic => false;
    /// <inheritdoc/>
    public virtual bool IsOfLadder => false;
    /// <inheritdoc/>
    public abstract MeasureTerm Term { get; }
    /// <inheritdoc/>
    public virtual ImmutableArray<string> Features => [];
    /// <inheritdoc/>
    public abstract TransparencyRestriction Transparency { get; }
    /// <inheritdoc/>
    public abstract Effects Apply(Effects effects, EffectiveMeasure measure);
    /// <inheritdoc/>
    public abstract Effects Revert(Effects effects, EffectiveMeasure measure);
}
