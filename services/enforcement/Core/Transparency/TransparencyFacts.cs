using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>What a post consists of, as the DSA Transparency Database names it.</summary>
public enum TransparencyContent
{
    /// <summary>Text.</summary>
    Text,
    /// <summary>Pictures.</summary>
    Image,
    /// <summary>Video.</summary>
    Video,
}

/// <summary>A law that a post breaks, as a person found.</summary>
/// <param name="Ground">The provision.</param>
/// <param name="Explanation">Why the post falls under it, without personal data.</param>
public sealed record LegalGround(string Ground, string Explanation);

/// <summary>A decision's facts, for its statements in the DSA Transparency Database. Nothing in it names a person.</summary>
public sealed record TransparencyFacts
{
    /// <summary>The decision.</summary>
    public required string DecisionId { get; init; }
    /// <summary>What the author was told, in English. Its items have the measures, in the order of the decision.</summary>
    public required AuthorStatement Statement { get; init; }
    /// <summary>Who found and who decided.</summary>
    public required DecisionOrigin Origin { get; init; }
    /// <summary>When it was decided; the measures apply from then on.</summary>
    public required DateTimeOffset DecidedAt { get; init; }
    /// <summary>When the post was published.</summary>
    public required DateTimeOffset PublishedAt { get; init; }
    /// <summary>What the post consists of; at least one.</summary>
    public required ImmutableArray<TransparencyContent> Content { get; init; }
    /// <summary>BCP 47 tag of the post's language; empty when it is not known.</summary>
    public string Language { get; init; } = "";
    /// <summary>Where the rules are published; null: not given.</summary>
    public Uri? RulesUrl { get; init; }
    /// <summary>Set when the decision says that the post is illegal; null: it breaks the platform's rules.</summary>
    public LegalGround? Illegal { get; init; }
}

/// <summary>A statement for the DSA Transparency Database.</summary>
/// <param name="Puid">Its id there, unique for ever: the same decision always gives the same.</param>
/// <param name="Json">The statement.</param>
public sealed record TransparencyStatement(string Puid, string Json);
