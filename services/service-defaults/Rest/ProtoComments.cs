using System.Collections.Frozen;
using System.Reflection;
using Moderation.Contracts.V1;

namespace Moderation.ServiceDefaults.Rest;

/// <summary>
/// The comments of the contract by full name (<c>moderation.type.v1.Post.post_id</c>; a value of an enum is below its enum). Generated
/// code keeps no comments, so they are read from the .proto files that the contracts carry.
/// </summary>
internal static class ProtoComments
{
    /// <summary>Those of all files of the contract.</summary>
    public static FrozenDictionary<string, string> OfContract { get; } = ReadContract();

    /// <summary>The leading comments of one file: <c>//</c> lines that end right above a declaration.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Read(string proto)
    {
        var scopes = new Stack<(string Name, bool IsOneof)>();
        var statement = new List<string>();
        var above = new List<string>();
        var lead = "";
        var package = "";
        var line = 0;
        var lastComment = -1;
        var valueDepth = 0; // inside { } of an option's value
        foreach (var (token, at) in Tokens(proto))
        {
            line = at;
            if (token.StartsWith("//", StringComparison.Ordinal))
            {
                if (statement.Count == 0)
                {
                    if (lastComment >= 0 && line != lastComment + 1)
                    {
                        above.Clear();
                    }

                    above.Add(token[2..].Trim());
                    lastComment = line;
                }

                continue;
            }

            if (statement.Count == 0)
            {
                lead = above.Count > 0 && line == lastComment + 1 ? string.Join('\n', above) : "";
                above.Clear();
                lastComment = -1;
            }

            if (valueDepth > 0 || (token == "{" && statement is ["option", ..]))
            {
                valueDepth += token == "{" ? 1 : token == "}" ? -1 : 0;
                statement.Add(token);
                continue;
            }

            switch (token)
            {
                case ";" when statement is ["package", var name]:
                    package = name;
                    break;
                case ";" or "{":
                    var declared = Declared(statement);
                    var parents = scopes.Where(s => !s.IsOneof && s.Name.Length > 0).Select(s => s.Name).Reverse();
                    if (declared is not null && lead.Length > 0)
                    {
                        yield return KeyValuePair.Create(string.Join('.', parents.Prepend(package).Append(declared)), lead);
                    }

                    if (token == "{")
                    {
                        scopes.Push((declared ?? "", statement is ["oneof", ..]));
                    }

                    break;
                case "}" when scopes.Count > 0:
                    scopes.Pop();
                    break;
                default:
                    statement.Add(token);
                    continue;
            }

            statement.Clear();
        }
    }

    // The name that a statement declares: after its keyword, or of a field or enum value before the equals sign.
    private static string? Declared(List<string> statement) => statement switch
    {
        ["message" or "enum" or "service" or "oneof" or "rpc", var name, ..] => name,
        ["syntax" or "import" or "option" or "extend" or "reserved" or "extensions" or "package", ..] => null,
        _ when statement.IndexOf("=") is > 0 and var equals => statement[equals - 1],
        _ => null,
    };

    private static IEnumerable<(string Token, int Line)> Tokens(string proto)
    {
        var line = 0;
        for (var i = 0; i < proto.Length;)
        {
            var c = proto[i];
            var start = i;
            if (c == '\n')
            {
                line++;
                i++;
            }
            else if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (proto.AsSpan(i).StartsWith("//", StringComparison.Ordinal))
            {
                var end = proto.IndexOf('\n', i);
                i = end < 0 ? proto.Length : end;
                yield return (proto[start..i], line);
            }
            else if (proto.AsSpan(i).StartsWith("/*", StringComparison.Ordinal))
            {
                var end = proto.IndexOf("*/", i, StringComparison.Ordinal);
                i = end < 0 ? proto.Length : end + 2;
                line += proto.AsSpan(start, i - start).Count('\n');
            }
            else if (c is '"' or '\'')
            {
                for (i++; i < proto.Length && proto[i] != c; i += proto[i] == '\\' ? 2 : 1)
                {
                }

                i = Math.Min(i + 1, proto.Length);
                yield return (proto[start..i], line);
            }
            else if (char.IsLetterOrDigit(c) || c is '_' or '.' or '-')
            {
                while (i < proto.Length && (char.IsLetterOrDigit(proto[i]) || proto[i] is '_' or '.' or '-'))
                {
                    i++;
                }

                yield return (proto[start..i], line);
            }
            else
            {
                i++;
                yield return (c.ToString(), line);
            }
        }
    }

    private static FrozenDictionary<string, string> ReadContract()
    {
        var assembly = typeof(AccessReflection).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(n => n.EndsWith(".proto", StringComparison.Ordinal))
            .SelectMany(n => Read(Text(assembly, n)))
            .ToFrozenDictionary();
    }

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!); // the name was just listed
        return reader.ReadToEnd();
    }
}
