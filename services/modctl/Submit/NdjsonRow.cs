using System.Text.Json;

namespace Moderation.ModCtl.Submit;

/// <summary>Reads the fields of one JSON object; the first that has the wrong kind is the row's problem.</summary>
internal sealed class NdjsonRow(JsonElement row, string where)
{
    private RowProblem? _problem;

    /// <summary>The post, its problem, or null when the options leave the row out.</summary>
    public SourceRow? Read(string file, long line, SourceOptions options)
    {
        foreach (var (field, value) in options.Where)
        {
            if (Text(field) != value)
            {
                return _problem is { } wrong ? (SourceRow)wrong : default(SourceRow?);
            }
        }

        var fields = new RowFields
        {
            PostId = Text(options.IdField),
            AccountId = Text("account_id"),
            ChannelId = Text("channel_id"),
            Language = Text("language"),
            AuthorLanguage = Text("author_language"),
            ReplyToPostId = Text("reply_to_post_id"),
            Text = Text(options.TextField),
            Revision = Revision(),
            Media = Media(),
        };
        return _problem is { } problem ? problem : fields.ToRow(file, line, where, options.TextField);
    }

    public static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a string",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private string Text(string field)
    {
        if (!row.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return "";
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return ReadString(value, field);
        }

        _problem ??= new RowProblem(where, field, $"must be a string, is {Kind(value)}");
        return "";
    }

    private string ReadString(JsonElement value, string field)
    {
        try
        {
            return value.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, or bytes that are no UTF-8.
            _problem ??= new RowProblem(where, field, "must be valid Unicode");
            return "";
        }
    }

    private long Revision()
    {
        if (!row.TryGetProperty("revision", out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return 0;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var revision))
        {
            return revision;
        }

        _problem ??= new RowProblem(where, "revision", "must be a whole number");
        return 0;
    }

    private List<string> Media()
    {
        var paths = new List<string>();
        if (!row.TryGetProperty("media", out var list) || list.ValueKind == JsonValueKind.Null)
        {
            return paths;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            _problem ??= new RowProblem(where, "media", $"must be a list of paths, is {Kind(list)}");
            return paths;
        }

        foreach (var item in list.EnumerateArray())
        {
            var field = $"media[{paths.Count}]";
            if (item.ValueKind != JsonValueKind.String)
            {
                _problem ??= new RowProblem(where, field, $"must be a path, is {Kind(item)}");
                return paths;
            }

            var path = ReadString(item, field);
            if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            {
                _problem ??= new RowProblem(where, field, "must be the path of a picture");
            }

            paths.Add(path);
        }

        return paths;
    }
}
