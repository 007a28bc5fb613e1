using System.Text;

namespace Moderation.Enforcement.Tests.Policy;

/// <summary>Damages a policy: characters are exchanged, pieces cut, doubled or replaced by what is awkward to read.</summary>
internal static class PolicyMangler
{
    private static readonly string[] Awkward =
    [
        "{", "}", "[", "]", "\"", "'", "\n", "\t", ": ", "- ", "&a ", "*a", "|", ">", "!!binary ", "\0", "\uD800", "((((((((((", "..", "&&", "||", "==",
        "exists(", "9223372036854775808", "1e999", "cel.bind(x, x, x)", "math.least(", ".format([", "matches('(a+)+$')", "{1000}", "%", "\U0001F600",
    ];

    public static string Mangle(string text, Random random)
    {
        var built = new StringBuilder(text);
        for (var times = 1 + random.Next(6); times > 0; times--)
        {
            var at = random.Next(built.Length);
            var length = Math.Min(random.Next(40), built.Length - at);
            switch (random.Next(5))
            {
                case 0:
                    built.Remove(at, length);
                    break;
                case 1:
                    built.Insert(at, Awkward[random.Next(Awkward.Length)]);
                    break;
                case 2:
                    built.Insert(random.Next(built.Length), built.ToString(at, length));
                    break;
                case 3:
                    built[at] = (char)random.Next(0x20, 0x2FF);
                    break;
                default:
                    built.Remove(at, length).Insert(at, Awkward[random.Next(Awkward.Length)]);
                    break;
            }
        }
        return built.ToString();
    }
}
