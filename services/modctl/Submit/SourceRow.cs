using Moderation.Contracts.V1;

namespace Moderation.ModCtl.Submit;

/// <summary>A post as read from a file, ready but for its pictures.</summary>
/// <param name="Where">File and line, for messages.</param>
/// <param name="Post">The post, without media.</param>
/// <param name="Pictures">Paths of its pictures.</param>
internal sealed record PostRow(string Where, Post Post, IReadOnlyList<string> Pictures);

/// <summary>A row that is no post.</summary>
/// <param name="Where">File and line.</param>
/// <param name="Field">The field that is wrong, or "row".</param>
/// <param name="Problem">What would be right.</param>
internal sealed record RowProblem(string Where, string Field, string Problem)
{
    public override string ToString() => $"{Where}: {Field}: {Problem}";
}

/// <summary>One of the two.</summary>
internal readonly record struct SourceRow(PostRow? Post, RowProblem? Problem)
{
    public static implicit operator SourceRow(PostRow post) => new(post, null);

    public static implicit operator SourceRow(RowProblem problem) => new(null, problem);
}

/// <summary>Posts to submit, read as they are needed.</summary>
internal interface IPostSource
{
    /// <summary>How much has been read, 0..1.</summary>
    double Share { get; }

    /// <summary>Reads on; rows that are no posts come as problems.</summary>
    /// <exception cref="InvalidDataException">Nothing after this can be read; names file, line and what is wrong.</exception>
    IAsyncEnumerable<SourceRow> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>Which fields of a row are what, and which rows count.</summary>
internal sealed record SourceOptions
{
    public string TextField { get; init; } = "text";

    public string IdField { get; init; } = "post_id";

    /// <summary>Only rows whose field has this value.</summary>
    public IReadOnlyList<(string Field, string Value)> Where { get; init; } = [];
}
