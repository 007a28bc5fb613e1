using System.CommandLine;
using Moderation.Contracts.V1;

namespace Moderation.ModCtl.Shell;

/// <summary><c>--category</c>: harms of the closed taxonomy, by name.</summary>
internal static class CategoryOption
{
    public static Option<HarmCategory> One(string description) => new("--category")
    {
        Description = $"{description}: {Names}",
        HelpName = "CATEGORY",
        Required = true,
        CustomParser = result =>
        {
            if (result.Tokens is [{ Value: var name }] && ProtoNames.Find<HarmCategory>(name) is { } found)
            {
                return found;
            }

            result.AddError($"--category must be one of {Names}.");
            return default;
        },
    };

    public static Option<HarmCategory[]> Many(string description) => new("--category")
    {
        Description = $"{description}: {Names}",
        HelpName = "CATEGORY",
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result =>
        {
            var found = result.Tokens.Select(t => ProtoNames.Find<HarmCategory>(t.Value)).ToList();
            if (found.TrueForAll(f => f is not null))
            {
                return [.. found.Select(f => f!.Value)]; // none is null
            }

            result.AddError($"--category must be one of {Names}.");
            return [];
        },
    };

    private static string Names => string.Join(", ", ProtoNames.All<HarmCategory>());
}
