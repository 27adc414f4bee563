using System.Text;

namespace Coordinator.Repo.Tests.Contracts;

/// <summary>The contract as text: names and numbers as they are on the wire, so that a change shows in a review.</summary>
internal static class Manifest
{
    public static string Of(GrainContract contract)
    {
        var text = new StringBuilder();
        foreach (var type in contract.Interfaces.OrderBy(MessageRules.AliasOf, StringComparer.Ordinal))
        {
            text.Append("grain ").Append(MessageRules.AliasOf(type)).Append(" by ").Append(KeyOf(type)).Append('\n');
            foreach (var method in GrainContract.MethodsOf(type).OrderBy(MessageRules.AliasOf, StringComparer.Ordinal))
            {
                var parameters = string.Join(", ", method.GetParameters().Select(parameter => NameOf(parameter.ParameterType)));
                text.Append("  ").Append(MessageRules.AliasOf(method)).Append('(').Append(parameters).Append(") ").Append(NameOf(method.ReturnType)).Append('\n');
            }
        }
        foreach (var type in contract.Carried.OrderBy(MessageRules.AliasOf, StringComparer.Ordinal))
        {
            text.Append(type.IsEnum ? "enum " : "message ").Append(MessageRules.AliasOf(type)).Append('\n');
            Append(text, type);
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, Type type)
    {
        if (type.IsEnum)
        {
            foreach (var name in Enum.GetNames(type))
            {
                text.Append("  ").Append(Convert.ToInt64(Enum.Parse(type, name), null)).Append(' ').Append(name).Append('\n');
            }
            return;
        }
        foreach (var member in GrainContract.MembersOf(type).OrderBy(MessageRules.IdOf))
        {
            text.Append("  ").Append(MessageRules.IdOf(member)).Append(' ').Append(member.Name).Append(' ').Append(NameOf(GrainContract.TypeOf(member))).Append('\n');
        }
    }

    private static string NameOf(Type type)
    {
        if (!type.IsGenericType)
        {
            return MessageRules.AliasOf(type) ?? type.Name;
        }
        var open = type.GetGenericTypeDefinition();
        var arguments = string.Join(", ", type.GetGenericArguments().Select(NameOf));
        return $"{(MessageRules.AliasOf(open) ?? open.Name).Split('`')[0]}<{arguments}>";
    }

    private static string KeyOf(Type type)
    {
        (Type Key, string Name)[] keys =
        [
            (typeof(IGrainWithGuidKey), "Guid"),
            (typeof(IGrainWithIntegerKey), "Int64"),
            (typeof(IGrainWithStringKey), "String"),
            (typeof(IGrainWithGuidCompoundKey), "Guid and String"),
            (typeof(IGrainWithIntegerCompoundKey), "Int64 and String"),
        ];
        return keys.Single(key => key.Key.IsAssignableFrom(type)).Name;
    }
}
