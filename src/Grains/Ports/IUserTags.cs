namespace Coordinator.Grains;

/// <summary>Keyed hashes that only the coordinator can make: reset challenges, and keys of accounts that do not exist.</summary>
public interface IUserTags
{
    /// <summary>32 bytes, the same for the same purpose and text for ever.</summary>
    byte[] Tag(string purpose, string text);
}
