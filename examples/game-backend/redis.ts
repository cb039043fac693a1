// The game's one connection. Nothing here knows of tests: in them, localhost:6379 is simulated.
import { Redis } from "ioredis";

export const redis = new Redis(process.env["REDIS_URL"] ?? "redis://localhost:6379");
