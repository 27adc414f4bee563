using System.Collections.Immutable;
using System.Reflection;
using Coordinator.Grains;

namespace Coordinator.Cluster.Tests;

/// <summary>What the code generator of a cluster would demand of everything that crosses a grain boundary.</summary>
public sealed class MessageConventionTests
{
    private static readonly Type[] Plain =
    [
        typeof(string), typeof(bool), typeof(int), typeof(uint), typeof(long), typeof(byte), typeof(Guid), typeof(DateTimeOffset), typeof(TimeSpan),
    ];

    private static readonly Assembly Contracts = typeof(ICompetitionGrain).Assembly;

    public static IEnumerable<Type> Interfaces => Contracts.GetTypes().Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type));

    [Fact]
    public void Every_grain_interface_and_method_has_an_alias_of_its_own()
    {
        Assert.NotEmpty(Interfaces);
        var names = Interfaces.Select(Alias).ToList();
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
        foreach (var type in Interfaces)
        {
            var methods = type.GetMethods().Select(Alias).ToList();
            Assert.True(methods.Count == methods.Distinct(StringComparer.Ordinal).Count(), $"{type.Name}: two methods have one alias");
        }
    }

    [Fact]
    public void Every_message_is_immutable_has_an_alias_and_numbers_its_members()
    {
        var messages = Messages();
        Assert.True(messages.Count > 20, $"only {messages.Count} messages found");
        Assert.Equal(messages.Count, messages.Select(Alias).Distinct(StringComparer.Ordinal).Count());
        foreach (var message in messages)
        {
            Assert.True(Has(message, "GenerateSerializerAttribute"), $"{message.Name} lacks [GenerateSerializer]");
            Assert.True(message.IsEnum || (message.IsSealed && Has(message, "ImmutableAttribute")), $"{message.Name} is not sealed and [Immutable]");
            CheckMembers(message);
        }
    }

    [Fact]
    public void Every_type_of_the_contracts_that_looks_like_a_message_is_one()
    {
        var crossing = Messages();
        var unused = Contracts.GetTypes()
            .Where(type => type is { IsPublic: true, IsInterface: false } && !crossing.Contains(type) && Has(type, "GenerateSerializerAttribute"))
            .Select(type => type.Name);
        Assert.Empty(unused);
    }

    private static void CheckMembers(Type message)
    {
        var members = message.IsEnum
            ? message.GetFields(BindingFlags.Public | BindingFlags.Static).Cast<MemberInfo>().ToList()
            : [.. message.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.Name != "EqualityContract")];
        var numbers = members.Select(member => member.CustomAttributes.SingleOrDefault(attribute => attribute.AttributeType.Name == "IdAttribute")).ToList();
        Assert.True(numbers.TrueForAll(number => number is not null), $"{message.Name}: a member lacks [Id]");
        var ids = numbers.Select(number => number!.ConstructorArguments[0].Value).ToList();
        Assert.True(ids.Count == ids.Distinct().Count(), $"{message.Name}: two members have one id");
        foreach (var property in members.OfType<PropertyInfo>())
        {
            var settable = property.SetMethod is { } set
                && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));
            Assert.False(settable, $"{message.Name}.{property.Name} can be set after construction");
            Assert.True(Parts(property.PropertyType).All(IsAllowed), $"{message.Name}.{property.Name} has a mutable type {property.PropertyType}");
        }
    }

    private static bool IsAllowed(Type type) => type.IsGenericParameter || Plain.Contains(type) || type.Assembly == Contracts;

    /// <summary>Every type of the contracts that is reachable from a grain interface.</summary>
    private static HashSet<Type> Messages()
    {
        var found = new HashSet<Type>();
        var open = new Queue<Type>(Interfaces.SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)));
        while (open.TryDequeue(out var next))
        {
            foreach (var part in Parts(next).Where(part => !part.IsGenericParameter && part.Assembly == Contracts && found.Add(part)))
            {
                foreach (var property in part.GetProperties(BindingFlags.Public | BindingFlags.Instance))
                {
                    open.Enqueue(property.PropertyType);
                }
            }
        }

        return found;
    }

    /// <summary>The type without wrappers that are known to be immutable: Task, Nullable, ImmutableArray; and the arguments of generic messages.</summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (!type.IsGenericType)
        {
            return type == typeof(Task) ? [] : [type];
        }

        var definition = type.GetGenericTypeDefinition();
        var wrapper = definition == typeof(Task<>) || definition == typeof(Nullable<>) || definition == typeof(ImmutableArray<>);
        var inner = type.GetGenericArguments().SelectMany(Parts);
        return wrapper ? inner : inner.Append(definition);
    }

    private static string Alias(MemberInfo member)
    {
        var alias = member.CustomAttributes.SingleOrDefault(attribute => attribute.AttributeType.Name == "AliasAttribute");
        Assert.True(alias is not null, $"{member.DeclaringType?.Name}.{member.Name} lacks [Alias]");
        return (string)alias.ConstructorArguments[0].Value!;
    }

    private static bool Has(MemberInfo member, string attribute) => member.CustomAttributes.Any(present => present.AttributeType.Name == attribute);
}
