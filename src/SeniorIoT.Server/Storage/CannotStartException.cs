namespace SeniorIoT.Server.Storage;

/// <summary>The server must not start on what it found. The message says what to do; nothing was touched.</summary>
internal sealed class CannotStartException(string message) : Exception(message);
