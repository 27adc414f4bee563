using System.Reflection;
using System.Runtime.CompilerServices;

namespace Coordinator.Repo.Tests.Contracts;

/// <summary>What Orleans' code generator would ask of a contract, and a little more: names that outlive the source, numbers, no change.</summary>
internal static class MessageRules
{
    public static IEnumerable<string> Of(GrainContract contract)
        => contract.Interfaces.SelectMany(OfInterface)
            .Concat(contract.Carried.SelectMany(OfType))
            .Concat(Twice(contract.Interfaces.Concat(contract.Carried)));

    public static string? AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    public static uint? IdOf(MemberInfo member) => member.GetCustomAttribute<IdAttribute>()?.Id;

    private static IEnumerable<string> OfInterface(Type type)
    {
        if (AliasOf(type) is null)
        {
            yield return $"{type.Name}: give the interface an [Alias] that is never changed";
        }
        foreach (var method in GrainContract.MethodsOf(type))
        {
            if (AliasOf(method) is null)
            {
                yield return $"{type.Name}.{method.Name}: give the method an [Alias] that is never changed";
            }
            if (!typeof(Task).IsAssignableFrom(method.ReturnType) && method.ReturnType != typeof(ValueTask)
                && !(method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(ValueTask<>)))
            {
                yield return $"{type.Name}.{method.Name}: a grain method returns a task, not {method.ReturnType.Name}";
            }
        }
        foreach (var alias in GrainContract.MethodsOf(type).GroupBy(AliasOf).Where(group => group.Key is not null && group.Count() > 1))
        {
            yield return $"{type.Name}: the alias '{alias.Key}' names {string.Join(" and ", alias.Select(method => method.Name))}; one name, one method";
        }
    }

    private static IEnumerable<string> OfType(Type type)
    {
        if (type.IsArray || type.Assembly == typeof(object).Assembly || type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true)
        {
            yield return $"{type.Name}: a call may not carry it, for it can change; use ImmutableArray or a record of your own";
            yield break;
        }
        if (!type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
        {
            yield return $"{type.Name}: give it [GenerateSerializer], or do not carry it in a call";
        }
        if (AliasOf(type) is not { } alias)
        {
            yield return $"{type.Name}: give it an [Alias] that is never changed";
        }
        else if (type.IsGenericTypeDefinition != alias.EndsWith($"`{type.GetGenericArguments().Length}", StringComparison.Ordinal))
        {
            yield return $"{type.Name}: the alias of a generic type, and of no other, ends in ` and the number of its arguments";
        }
        foreach (var complaint in type.IsEnum ? OfEnum(type) : OfMembers(type))
        {
            yield return complaint;
        }
    }

    private static IEnumerable<string> OfEnum(Type type)
    {
        var values = type.GetFields(BindingFlags.Public | BindingFlags.Static);
        foreach (var value in values.Where(value => IdOf(value) != Convert.ToUInt32(value.GetRawConstantValue(), null)))
        {
            yield return $"{type.Name}.{value.Name}: give it [Id({value.GetRawConstantValue()})], its value; values are never used again";
        }
    }

    private static IEnumerable<string> OfMembers(Type type)
    {
        if (!type.IsDefined(typeof(ImmutableAttribute), inherit: false))
        {
            yield return $"{type.Name}: make it [Immutable] and keep the promise";
        }
        if (type is { IsClass: true, IsSealed: false, IsAbstract: false })
        {
            yield return $"{type.Name}: make it sealed; a call carries exactly what its signature says";
        }
        var members = GrainContract.MembersOf(type).ToList();
        foreach (var member in members)
        {
            if (IdOf(member) is null)
            {
                yield return $"{type.Name}.{member.Name}: give it the next free [Id]";
            }
            if (!IsFixed(member))
            {
                yield return $"{type.Name}.{member.Name}: it can be set after construction; make it init-only or readonly";
            }
        }
        foreach (var id in members.GroupBy(IdOf).Where(group => group.Key is not null && group.Count() > 1))
        {
            yield return $"{type.Name}: [Id({id.Key})] is on {string.Join(" and ", id.Select(member => member.Name))}; one number, one member";
        }
    }

    private static bool IsFixed(MemberInfo member) => member switch
    {
        FieldInfo field => field.IsInitOnly,
        PropertyInfo { SetMethod: { } setter } => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)),
        _ => true,
    };

    private static IEnumerable<string> Twice(IEnumerable<Type> types)
        => from type in types
           group type.Name by AliasOf(type) into names
           where names.Key is not null && names.Count() > 1
           select $"the alias '{names.Key}' names {string.Join(" and ", names)}; one name, one type";
}
