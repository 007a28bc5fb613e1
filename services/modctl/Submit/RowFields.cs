using Moderation.Contracts.V1;

namespace Moderation.ModCtl.Submit;

/// <summary>The fields of a row, whatever file it came from. What the service checks itself is left to it.</summary>
internal sealed record RowFields
{
    public string PostId { get; init; } = "";

    public string AccountId { get; init; } = "";

    public string ChannelId { get; init; } = "";

    public string Language { get; init; } = "";

    public string AuthorLanguage { get; init; } = "";

    public string ReplyToPostId { get; init; } = "";

    public string Text { get; init; } = "";

    public long Revision { get; init; }

    public IReadOnlyList<string> Media { get; init; } = [];

    /// <summary>The post, or what is missing.</summary>
    /// <param name="file">The file that names the pictures, which lie relative to it.</param>
    /// <param name="row">The row, for ids.</param>
    /// <param name="where">File and line, for messages.</param>
    /// <param name="textField">The name of the field of the text.</param>
    public SourceRow ToRow(string file, long row, string where, string textField)
    {
        if (Text.Length == 0 && Media.Count == 0)
        {
            return new RowProblem(where, textField, "must not be empty unless the row has media");
        }

        var id = PostId.Length > 0 ? PostId : StableIds.OfRow(file, row);
        var post = new Post
        {
            PostId = id,
            AccountId = AccountId.Length > 0 ? AccountId : StableIds.Account(id),
            ChannelId = ChannelId,
            Revision = Revision,
            Audience = Audience.Public,
            Text = Text,
            Language = Language,
            AuthorLanguage = AuthorLanguage,
            ReplyToPostId = ReplyToPostId,
        };
        var folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? "";
        return new PostRow(where, post, [.. Media.Select(m => Path.Combine(folder, m))]);
    }
}
